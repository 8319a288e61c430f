/* Whatever arrives on a control socket or stands in a declaration: no crash, no leak, no reading outside. */
#include "base/cron.h"
#include "base/frame.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "keeper/app.h"

#include <stdint.h>

static void read_declaration(const json_t *value) {
    char *error = NULL;
    App *app = app_new(value, &error);
    app_free(app);
    mem_free(error);
}

static void read_frames(const uint8_t *data, size_t size) {
    Bytes in = {0};
    json_t *message = NULL;
    bytes_append(&in, data, size);
    while (frame_take(&in, &message) == FRAME_READ) {
        read_declaration(message);
        json_decref(message);
    }
    bytes_free(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = mem_strndup((const char *)data, size), *error = NULL;
    Cron cron;
    read_frames(data, size);
    json_t *value = yaml_load((const char *)data, size, &error);
    if (value) read_declaration(value);
    json_decref(value);
    mem_free(error);
    if (!cron_parse(text, &cron) && size < 64) cron_next(&cron, 1767571200);
    words_free(words_split(text));
    mem_free(text);
    return 0;
}
