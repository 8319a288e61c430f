/* A server of one page. It answers any GET with the figures and closes; what else comes, it hangs up on. */
#include "manager/scrape.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "manager/metrics.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST_LIMIT 8192

struct Scraping {
    Root *root;
    uv_tcp_t listener;
};

/* One visitor, from his connection to the end of his answer. */
typedef struct {
    Root *root;
    uv_tcp_t tcp;
    uv_write_t write;
    Bytes in, out;
    json_t *workers;
    size_t missing;
    bool asked, closed;
    char chunk[1024];
} Visit;

static void visit_release(Visit *visit) {
    if (!visit->closed || visit->missing) return;
    bytes_free(&visit->in);
    bytes_free(&visit->out);
    json_decref(visit->workers);
    mem_free(visit);
}

static void visit_closed(uv_handle_t *handle) {
    Visit *visit = handle->data;
    visit->closed = true;
    visit_release(visit);
}

static void visit_close(Visit *visit) {
    if (!uv_is_closing((uv_handle_t *)&visit->tcp)) uv_close((uv_handle_t *)&visit->tcp, visit_closed);
}

static void answered(uv_write_t *write, int status) {
    visit_close(write->data);
}

static void answer(Visit *visit) {
    Bytes page = {0};
    metrics_print(&page, visit->workers);
    bytes_printf(
        &visit->out,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n"
        "Connection: close\r\n\r\n",
        page.len);
    bytes_append(&visit->out, page.data, page.len);
    bytes_free(&page);
    uv_buf_t buf = uv_buf_init(visit->out.data, (unsigned)visit->out.len);
    visit->write.data = visit;
    if (uv_write(&visit->write, (uv_stream_t *)&visit->tcp, &buf, 1, answered) < 0) visit_close(visit);
}

static void status_came(void *owner, Ward *ward, json_t *status) {
    Visit *visit = owner;
    json_t *workers = json_object_get(status, "workers");
    if (workers) json_array_extend(visit->workers, workers);
    if (--visit->missing) return;
    if (visit->closed || uv_is_closing((uv_handle_t *)&visit->tcp))
        visit_release(visit);
    else
        answer(visit);
}

static void ask(Visit *visit) {
    visit->asked = true;
    visit->workers = json_array();
    visit->missing = 1;
    LIST_EACH(&visit->root->wards, Ward, link, ward) {
        visit->missing++;
        ward_ask(ward, json_pack("{sssb}", "do", "status", "whole", 1), status_came, visit);
    }
    json_t *nothing = json_object();
    status_came(visit, NULL, nothing);
    json_decref(nothing);
}

static void give_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    Visit *visit = handle->data;
    *buf = uv_buf_init(visit->chunk, sizeof visit->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
    Visit *visit = stream->data;
    if (got > 0 && !visit->asked) bytes_append(&visit->in, buf->base, (size_t)got);
    bool is_get = visit->in.len < 4 || memcmp(visit->in.data, "GET ", 4) == 0;
    if (got < 0 || !is_get || visit->in.len > REQUEST_LIMIT)
        visit_close(visit);
    else if (!visit->asked && visit->in.len && strstr(visit->in.data, "\r\n\r\n"))
        ask(visit);
}

static void on_visitor(uv_stream_t *listener, int status) {
    Scraping *scraping = listener->data;
    if (status < 0) return;
    Visit *visit = NEW(Visit);
    visit->root = scraping->root;
    uv_tcp_init(&scraping->root->loop, &visit->tcp);
    visit->tcp.data = visit;
    if (uv_accept(listener, (uv_stream_t *)&visit->tcp) < 0)
        visit_close(visit);
    else
        uv_read_start((uv_stream_t *)&visit->tcp, give_chunk, on_read);
}

static int wanted_port(const Home *home) {
    char *path = home_path(home, home_settings_name(home));
    Bytes text = {0};
    json_t *settings =
        file_read(path, 1 << 20, &text) == 0 && text.len ? json_loadb(text.data, text.len, 0, NULL) : NULL;
    const char *port = json_str(settings, "metrics-port");
    int number = port ? atoi(port) : 0;
    json_decref(settings);
    bytes_free(&text);
    mem_free(path);
    return number > 0 && number < 65536 ? number : 0;
}

static void scraping_closed(uv_handle_t *handle) {
    mem_free(handle->data);
}

Scraping *scraping_open(Root *root) {
    struct sockaddr_in address;
    int port = wanted_port(&root->home);
    if (!port || uv_ip4_addr("127.0.0.1", port, &address) < 0) return NULL;
    Scraping *scraping = NEW(Scraping);
    scraping->root = root;
    uv_tcp_init(&root->loop, &scraping->listener);
    scraping->listener.data = scraping;
    int error = uv_tcp_bind(&scraping->listener, (struct sockaddr *)&address, 0);
    if (!error) error = uv_listen((uv_stream_t *)&scraping->listener, 16, on_visitor);
    if (!error) return scraping;
    log_line("Cannot serve metrics on port %d: %s", port, uv_strerror(error));
    scraping_close(scraping);
    return NULL;
}

void scraping_close(Scraping *scraping) {
    if (scraping) uv_close((uv_handle_t *)&scraping->listener, scraping_closed);
}
