/* Hosts of URLs. Numbers in them may be decimal, octal or hexadecimal, dots may be missing: what looks
 * like an IPv4 address is one or fails, so that no two programs read it differently. */
#include "base/url_host.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool in_set(unsigned char c, unsigned set) {
    if (c <= 0x1f || c > 0x7e) return true;
    switch (c) {
    case ' ':
    case '"':
    case '<':
    case '>':
        return set & (ENCODE_FRAGMENT | ENCODE_QUERY | ENCODE_SPECIAL_QUERY | ENCODE_PATH | ENCODE_USERINFO);
    case '`': return set & (ENCODE_FRAGMENT | ENCODE_PATH | ENCODE_USERINFO);
    case '#': return set & (ENCODE_QUERY | ENCODE_SPECIAL_QUERY | ENCODE_PATH | ENCODE_USERINFO);
    case '\'': return set & ENCODE_SPECIAL_QUERY;
    case '?':
    case '^':
    case '{':
    case '}': return set & (ENCODE_PATH | ENCODE_USERINFO);
    case '/':
    case ':':
    case ';':
    case '=':
    case '@':
    case '[':
    case '\\':
    case ']':
    case '|': return set & ENCODE_USERINFO;
    default: return false;
    }
}

static void append_percent(Bytes *out, unsigned char c) {
    static const char digits[] = "0123456789ABCDEF";
    bytes_append(out, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
}

void url_append_encoded(Bytes *out, unsigned char c, unsigned set) {
    if (in_set(c, set))
        append_percent(out, c);
    else
        bytes_append_char(out, (char)c);
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void decode(Slice text, bool plus_is_space, Bytes *out) {
    bytes_reserve(out, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '%' && i + 2 < text.len && hex_value(text.data[i + 1]) >= 0 &&
            hex_value(text.data[i + 2]) >= 0) {
            c = (char)(hex_value(text.data[i + 1]) << 4 | hex_value(text.data[i + 2]));
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        bytes_append_char(out, c);
    }
}

void url_percent_decode(Slice text, Bytes *out) {
    decode(text, false, out);
}
void url_form_decode(Slice text, Bytes *out) {
    decode(text, true, out);
}

void url_form_encode(Slice text, Bytes *out) {
    bytes_reserve(out, text.len);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == ' ')
            bytes_append_char(out, '+');
        else if (isalnum(c) || c == '*' || c == '-' || c == '.' || c == '_')
            bytes_append_char(out, (char)c);
        else
            append_percent(out, c);
    }
}

static bool is_forbidden_in_host(unsigned char c) {
    return c == '\0' || (c && strchr("\t\n\r #/:<>?@[\\]^|", c));
}

static bool is_forbidden_in_domain(unsigned char c) {
    return is_forbidden_in_host(c) || c <= 0x1f || c == '%' || c == 0x7f;
}

static bool parse_ipv6(Slice text, Bytes *host) {
    uint16_t pieces[8] = {0};
    int piece = 0, compress = -1;
    const char *at = text.data, *end = text.data + text.len;
    if (at < end && *at == ':') {
        if (end - at < 2 || at[1] != ':') return false;
        at += 2;
        compress = ++piece;
    }
    while (at < end) {
        if (piece == 8) return false;
        if (*at == ':') {
            if (compress >= 0) return false;
            at++;
            compress = ++piece;
            continue;
        }
        unsigned value = 0;
        int length = 0;
        while (length < 4 && at < end && hex_value(*at) >= 0) {
            value = value << 4 | (unsigned)hex_value(*at++);
            length++;
        }
        if (at < end && *at == '.') {
            if (length == 0) return false;
            at -= length;
            if (piece > 6) return false;
            int seen = 0;
            while (at < end) {
                int number = -1;
                if (seen > 0) {
                    if (*at != '.' || seen >= 4) return false;
                    at++;
                }
                if (at == end || !isdigit((unsigned char)*at)) return false;
                while (at < end && isdigit((unsigned char)*at)) {
                    if (number == 0) return false;
                    number = (number < 0 ? 0 : number * 10) + (*at++ - '0');
                    if (number > 255) return false;
                }
                pieces[piece] = (uint16_t)(pieces[piece] << 8 | number);
                seen++;
                if (seen == 2 || seen == 4) piece++;
            }
            if (seen != 4) return false;
            break;
        }
        if (at < end && *at == ':') {
            if (++at == end) return false;
        } else if (at < end) {
            return false;
        }
        pieces[piece++] = (uint16_t)value;
    }
    if (compress >= 0) {
        int swaps = piece - compress;
        for (int to = 7; to != 0 && swaps > 0; to--, swaps--) {
            uint16_t kept = pieces[compress + swaps - 1];
            pieces[compress + swaps - 1] = pieces[to];
            pieces[to] = kept;
        }
    } else if (piece != 8) {
        return false;
    }
    /* The longest run of zeros is written as "::". */
    int best = -1, best_len = 1;
    for (int i = 0; i < 8; i++) {
        int len = 0;
        while (i + len < 8 && pieces[i + len] == 0)
            len++;
        if (len > best_len) {
            best = i;
            best_len = len;
        }
        if (len) i += len - 1;
    }
    bytes_append_char(host, '[');
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            bytes_append_str(host, i == 0 ? "::" : ":");
            i += best_len - 1;
            continue;
        }
        bytes_printf(host, "%x", pieces[i]);
        if (i != 7) bytes_append_char(host, ':');
    }
    bytes_append_char(host, ']');
    return true;
}

/* A number in an IPv4 address; false if it is none. Huge ones come out as UINT64_MAX. */
static bool ipv4_number(const char *text, size_t len, uint64_t *number) {
    unsigned base = 10;
    if (len == 0) return false;
    if (len >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
        len -= 2;
    } else if (len >= 2 && text[0] == '0') {
        base = 8;
        text++;
        len--;
    }
    *number = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = hex_value(text[i]);
        if (digit < 0 || (unsigned)digit >= base) return false;
        if (*number > UINT32_MAX)
            *number = UINT64_MAX / 32;
        else
            *number = *number * base + (unsigned)digit;
    }
    return true;
}

static Slice last_label(Slice host) {
    size_t end = host.len;
    if (end && host.data[end - 1] == '.') end--;
    size_t start = end;
    while (start && host.data[start - 1] != '.')
        start--;
    return (Slice){host.data + start, end - start};
}

static bool ends_in_number(Slice host) {
    Slice label = last_label(host);
    if (label.len == 0) return false;
    bool digits = true;
    for (size_t i = 0; i < label.len; i++)
        digits &= isdigit((unsigned char)label.data[i]) != 0;
    uint64_t number;
    return digits || ipv4_number(label.data, label.len, &number);
}

static bool parse_ipv4(Slice text, Bytes *host) {
    uint64_t numbers[4];
    size_t count = 0;
    if (text.len && text.data[text.len - 1] == '.') text.len--;
    for (size_t at = 0; at <= text.len;) {
        size_t end = at;
        while (end < text.len && text.data[end] != '.')
            end++;
        if (count == 4 || !ipv4_number(text.data + at, end - at, &numbers[count++])) return false;
        at = end + 1;
    }
    uint64_t address = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255) return false;
        address |= numbers[i] << (8 * (3 - i));
    }
    if (numbers[count - 1] >= 1ull << (8 * (5 - count))) return false;
    address += numbers[count - 1];
    bytes_printf(host, "%u.%u.%u.%u", (unsigned)(address >> 24) & 255, (unsigned)(address >> 16) & 255,
                 (unsigned)(address >> 8) & 255, (unsigned)address & 255);
    return true;
}

static bool is_plain_ascii(Slice domain) {
    for (size_t i = 0; i < domain.len; i++) {
        unsigned char c = (unsigned char)domain.data[i];
        if (c >= 0x80) return false;
        bool at_label = i == 0 || domain.data[i - 1] == '.';
        if (at_label && domain.len - i >= 4 && strncasecmp(domain.data + i, "xn--", 4) == 0) return false;
    }
    return true;
}

bool url_host_parse(Slice text, UrlToAscii to_ascii, Bytes *host) {
    return host_parse(text, true, to_ascii, host);
}

static bool parse_domain(Slice text, UrlToAscii to_ascii, Bytes *host) {
    Bytes decoded = {0}, ascii = {0};
    url_percent_decode(text, &decoded);
    bool fine = true;
    if (is_plain_ascii(bytes_slice(&decoded)))
        for (size_t i = 0; i < decoded.len; i++)
            bytes_append_char(&ascii, (char)tolower((unsigned char)decoded.data[i]));
    else
        fine = to_ascii && to_ascii(bytes_slice(&decoded), &ascii);
    fine = fine && ascii.len > 0;
    for (size_t i = 0; fine && i < ascii.len; i++)
        fine = !is_forbidden_in_domain((unsigned char)ascii.data[i]);
    if (fine) {
        if (ends_in_number(bytes_slice(&ascii)))
            fine = parse_ipv4(bytes_slice(&ascii), host);
        else
            bytes_append(host, ascii.data, ascii.len);
    }
    bytes_free(&decoded);
    bytes_free(&ascii);
    return fine;
}

bool host_parse(Slice text, bool is_special, UrlToAscii to_ascii, Bytes *host) {
    if (text.len && text.data[0] == '[') {
        if (text.data[text.len - 1] != ']') return false;
        return parse_ipv6((Slice){text.data + 1, text.len - 2}, host);
    }
    if (is_special) return parse_domain(text, to_ascii, host);
    for (size_t i = 0; i < text.len; i++)
        if (is_forbidden_in_host((unsigned char)text.data[i])) return false;
    for (size_t i = 0; i < text.len; i++)
        url_append_encoded(host, (unsigned char)text.data[i], ENCODE_CONTROL);
    return true;
}
