/* URLs for lib/internal/url.js: each function is one crossing that returns the serialized URL and leaves
 * where its parts are in numbers that JavaScript sees. International names go through ICU. */
#include "base/url.h"
#include "engine/peek.h"
#include "modules/modules.h"

#include <unicode/uidna.h>

typedef struct {
    int32_t fields[URL_FIELDS];
} UrlState;

/* What the URL Standard does not check: lengths and hyphens. */
#define IGNORED_ERRORS                                                                                       \
    (UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |               \
     UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4)

typedef int32_t (*Convert)(const UIDNA *idna, const char *name, int32_t length, char *dest, int32_t capacity,
                           UIDNAInfo *info, UErrorCode *error);

static bool convert_name(Convert convert, unsigned ignored, Slice domain, Bytes *out) {
    UErrorCode error = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                                      UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                  &error);
    if (U_FAILURE(error)) return false;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    size_t capacity = domain.len * 4 + 64;
    bytes_reserve(out, capacity);
    int32_t written = convert(idna, domain.data, (int32_t)domain.len, out->data + out->len, (int32_t)capacity,
                              &info, &error);
    if (error == U_BUFFER_OVERFLOW_ERROR) {
        error = U_ZERO_ERROR;
        info = (UIDNAInfo)UIDNA_INFO_INITIALIZER;
        bytes_reserve(out, (size_t)written);
        written =
            convert(idna, domain.data, (int32_t)domain.len, out->data + out->len, written, &info, &error);
    }
    uidna_close(idna);
    if (U_FAILURE(error) || info.errors & ~ignored) return false;
    out->len += (size_t)written;
    out->data[out->len] = '\0';
    return true;
}

static bool to_ascii(Slice domain, Bytes *out) {
    return convert_name(uidna_nameToASCII_UTF8, IGNORED_ERRORS, domain, out);
}

static Slice text_slice(const Text *text) {
    return (Slice){text->data, text->len};
}

static Value write_url(Call *call, const Url *url) {
    UrlState *state = *realm_slot(call->realm, SLOT_URL);
    Bytes href = {0};
    url_write(url, &href, state->fields);
    Value text = value_latin1(call->realm, href.data, href.len);
    bytes_free(&href);
    return text;
}

/* parse(input, base or undefined) -> href, or undefined if it is no URL, or null if the base is none */
static Value url_parse_(Call *call) {
    TEXT input = {0}, base_text = {0};
    if (!call_text(call, 0, &input)) return NULL;
    Url base = {.to_ascii = to_ascii}, url = {.to_ascii = to_ascii};
    bool has_base = !value_is_undefined(call_arg(call, 1));
    if (has_base && !call_text(call, 1, &base_text)) return NULL;
    Value result = value_undefined();
    if (has_base && !url_parse(&base, text_slice(&base_text), NULL))
        result = value_null();
    else if (url_parse(&url, text_slice(&input), has_base ? &base : NULL))
        result = write_url(call, &url);
    url_free(&base);
    url_free(&url);
    return result;
}

/* set(href, part, value) -> the changed href, or undefined if the value does not fit */
static Value url_set_(Call *call) {
    TEXT href = {0}, value = {0};
    if (!call_text(call, 0, &href) || !call_text(call, 2, &value)) return NULL;
    Url url = {.to_ascii = to_ascii};
    Value result = value_undefined();
    if (url_parse(&url, text_slice(&href), NULL) &&
        url_set(&url, (UrlPart)call_int(call, 1), text_slice(&value)))
        result = write_url(call, &url);
    url_free(&url);
    return result;
}

static Value bytes_value(Realm *realm, Bytes *bytes) {
    Value text = value_string_n(realm, bytes->data ? bytes->data : "", bytes->len);
    bytes_free(bytes);
    return text;
}

/* domainToASCII(name) -> '' if it is no host */
static Value url_domain_to_ascii(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    Bytes host = {0};
    if (!url_host_parse(text_slice(&name), to_ascii, &host)) bytes_clear(&host);
    return bytes_value(call->realm, &host);
}

static Value url_domain_to_unicode(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    Bytes host = {0}, unicode = {0};
    if (url_host_parse(text_slice(&name), to_ascii, &host))
        convert_name(uidna_nameToUnicodeUTF8, ~0u, bytes_slice(&host), &unicode);
    bytes_free(&host);
    return bytes_value(call->realm, &unicode);
}

/* toASCII(name) -> the ASCII form of what need not be a host, undefined if there is none */
static Value url_to_ascii(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    Bytes out = {0};
    if (name.len == 0) return value_string(call->realm, "");
    if (to_ascii(text_slice(&name), &out)) return bytes_value(call->realm, &out);
    bytes_free(&out);
    return value_undefined();
}

static Value transform(Call *call, void (*function)(Slice text, Bytes *out)) {
    TEXT text = {0};
    if (!call_text(call, 0, &text)) return NULL;
    Bytes out = {0};
    function(text_slice(&text), &out);
    return bytes_value(call->realm, &out);
}

static Value url_encode_form(Call *call) {
    return transform(call, url_form_encode);
}
static Value url_decode_form(Call *call) {
    return transform(call, url_form_decode);
}
static Value url_decode_percent(Call *call) {
    return transform(call, url_percent_decode);
}

static void url_setup(Realm *realm, Object binding) {
    UrlState *state = NEW(UrlState);
    *realm_slot(realm, SLOT_URL) = state;
    object_set(realm, binding, "fields",
               typed_array_over(realm, kJSTypedArrayTypeInt32Array, state->fields, sizeof state->fields));
}

static void url_teardown(Realm *realm) {
    mem_free(*realm_slot(realm, SLOT_URL));
}

static const Native functions[] = {
    {"parse",                url_parse_},
    {"set",                      url_set_},
    {"domainToASCII",url_domain_to_ascii},
    {"domainToUnicode",        url_domain_to_unicode},
    {"toASCII",                      url_to_ascii},
    {"encodeForm",url_encode_form},
    {"decodeForm",              url_decode_form},
    {"decodePercent",                      url_decode_percent},
    {0             }
};

const Module url_module = {"url", functions, url_setup, url_teardown};
