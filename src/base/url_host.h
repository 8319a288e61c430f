/* Hosts of URLs: names, IPv4 and IPv6 addresses, as the URL Standard reads and writes them. */
#pragma once

#include "base/url.h"

bool host_parse(Slice text, bool is_special, UrlToAscii to_ascii, Bytes *host);
/* Appends a byte, percent-encoded if `set` has it. */
void url_append_encoded(Bytes *out, unsigned char c, unsigned set);

enum { /* percent-encode sets, from the smallest on */
       ENCODE_CONTROL = 1,
       ENCODE_FRAGMENT = 2,
       ENCODE_QUERY = 4,
       ENCODE_SPECIAL_QUERY = 8,
       ENCODE_PATH = 16,
       ENCODE_USERINFO = 32,
};
