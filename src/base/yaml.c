/* YAML by libyaml's parser, turned into JSON values by the core schema; see yaml.h. */
#include "base/yaml.h"

#include "base/json.h"
#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#define DEPTH_LIMIT 64
#define NODE_LIMIT 100000 /* aliases can make a small file a huge value */

typedef struct {
    yaml_document_t document;
    size_t nodes;
    char **error;
} Loader;

static json_t *fail(Loader *loader, const yaml_node_t *node, const char *text) {
    if (!*loader->error) *loader->error = mem_printf("line %zu: %s", node->start_mark.line + 1, text);
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words) {
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0) return true;
    return false;
}

static json_t *plain_scalar(const char *text) {
    static const char *const nulls[] = {"", "~", "null", NULL};
    static const char *const trues[] = {"true", "yes", "on", NULL};
    static const char *const falses[] = {"false", "no", "off", NULL};
    if (is_one_of(text, nulls)) return json_null();
    if (is_one_of(text, trues)) return json_true();
    if (is_one_of(text, falses)) return json_false();
    char *end;
    if (strspn(text, "+-.0123456789eExXabcdefABCDEFo_") != strlen(text)) return json_text(text);
    bool octal = strncmp(text, "0o", 2) == 0;
    long long whole = strtoll(octal ? text + 2 : text, &end,
                              octal                             ? 8
                              : strncasecmp(text, "0x", 2) == 0 ? 16
                                                                : 10);
    if (!*end && end != text) return json_integer(whole);
    double real = strtod(text, &end);
    if (!*end && end != text && isfinite(real)) return json_real(real);
    return json_text(text);
}

static json_t *node_to_json(Loader *loader, int index, unsigned depth);

static json_t *sequence_to_json(Loader *loader, const yaml_node_t *node, unsigned depth) {
    json_t *list = json_array();
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++) {
        json_t *value = node_to_json(loader, *item, depth + 1);
        if (!value || json_array_append_new(list, value) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *mapping_to_json(Loader *loader, const yaml_node_t *node, unsigned depth) {
    json_t *object = json_object();
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *key = yaml_document_get_node(&loader->document, pair->key);
        json_t *value = node_to_json(loader, pair->value, depth + 1);
        if (value && key->type == YAML_SCALAR_NODE) {
            const char *name = (const char *)key->data.scalar.value;
            if (strcmp(name, "<<") == 0 && json_is_object(value)) {
                json_object_update_missing(object, value);
                json_decref(value);
            } else {
                json_object_set_new(object, name, value);
            }
            continue;
        }
        json_decref(value);
        json_decref(object);
        return key->type == YAML_SCALAR_NODE ? NULL : fail(loader, key, "a key must be plain text");
    }
    return object;
}

static json_t *node_to_json(Loader *loader, int index, unsigned depth) {
    const yaml_node_t *node = yaml_document_get_node(&loader->document, index);
    if (depth > DEPTH_LIMIT) return fail(loader, node, "nested too deep");
    if (++loader->nodes > NODE_LIMIT) return fail(loader, node, "too much of it");
    switch (node->type) {
    case YAML_SCALAR_NODE:
        if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
            return json_text((const char *)node->data.scalar.value);
        return plain_scalar((const char *)node->data.scalar.value);
    case YAML_SEQUENCE_NODE: return sequence_to_json(loader, node, depth);
    case YAML_MAPPING_NODE: return mapping_to_json(loader, node, depth);
    default: return json_null();
    }
}

json_t *yaml_load(const char *text, size_t len, char **error) {
    yaml_parser_t parser;
    Loader loader = {.error = error};
    json_t *value = NULL;
    *error = NULL;
    if (!yaml_parser_initialize(&parser)) return NULL;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    if (yaml_parser_load(&parser, &loader.document)) {
        if (yaml_document_get_root_node(&loader.document))
            value = node_to_json(&loader, 1, 0);
        else
            *error = mem_strdup("it is empty");
        yaml_document_delete(&loader.document);
    } else {
        *error = mem_printf("line %zu: %s", parser.problem_mark.line + 1,
                            parser.problem ? parser.problem : "not YAML");
    }
    yaml_parser_delete(&parser);
    return value;
}
