#include "unit.h"
#include "http_trace.h"

#define HOST "GET / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKS "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
#define CHUNKS_HEAD "head POST / 1.1 [Transfer-Encoding=chunked] keep-alive chunked coding\n"

typedef struct {
    const char *input, *story;
} Case;

static const HttpRules requests = {.head_size_limit = 16384, .field_limit = 2000};
static const HttpRules lenient_requests = {.lenient = true, .head_size_limit = 16384, .field_limit = 2000};
static const HttpRules responses = {.response = true, .head_size_limit = 16384, .field_limit = 2000};

static size_t piece_of(void *arg, size_t left) {
    size_t n = *(size_t *)arg;
    return n < left ? n : left;
}

static void story_is(Trace trace, const char *input, size_t len, const char *expected) {
    for (size_t piece = 0; piece < 24; piece++) { /* 0: all at once */
        trace.piece = piece ? piece_of : NULL;
        trace.arg = &piece;
        char *story = trace_read(&trace, input, len, NULL);
        if (strcmp(story, expected) != 0) print_message("in pieces of %zu: %s\n", piece, input);
        assert_string_equal(story, expected);
        free(story);
    }
}

static void stories_are(Trace trace, const Case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        story_is(trace, cases[i].input, strlen(cases[i].input), cases[i].story);
}

static void requests_are_read_whole_pipelined_and_in_pieces(void **state) {
    static const Case cases[] = {
        {HOST "\r\n",                                                           "head GET / 1.1 [Host=a] keep-alive\nend\n"                    },
        {"\r\n\n" HOST "\r\n",                                                  "head GET / 1.1 [Host=a] keep-alive\nend\n"                    },
        {HOST "A:\r\nB:  \t x y \t\r\n\r\n",                                    "head GET / 1.1 [Host=a][A=][B=x y] keep-alive\nend\n"         },
        {HOST "\r\nPUT /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi" HOST "\r\n",
         "head GET / 1.1 [Host=a] keep-alive\nend\n"
         "head PUT /b 1.1 [Content-Length=2] keep-alive length\nbody hi\nend\n"
         "head GET / 1.1 [Host=a] keep-alive\nend\n"                                                                                           },
        {"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
         "head POST / 1.1 [content-length=0] keep-alive length\nend\n"                                                                         },
        {"OPTIONS * HTTP/1.1\r\n\r\n",                                          "head OPTIONS * 1.1  keep-alive\nend\n"                        },
        {"GET http://a/b?c#d HTTP/1.1\r\n\r\n",                                 "head GET http://a/b?c#d 1.1  keep-alive\nend\n"               },
        {"M-SEARCH * HTTP/1.1\r\n\r\n",                                         "head M-SEARCH * 1.1  keep-alive\nend\n"                       },
        {"GET / HTTP/1.0\r\n\r\n",                                              "head GET / 1.0 \nend\n"                                       },
        {"GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n",
         "head GET / 1.0 [Connection=x, Keep-Alive] keep-alive\nend\n"                                                                         },
        {HOST "Connection: close\r\n\r\n\r\n",                                  "head GET / 1.1 [Host=a][Connection=close]\nend\n"             },
        {HOST "Expect: 100-Continue\r\n\r\n",
         "head GET / 1.1 [Host=a][Expect=100-Continue] keep-alive continue\nend\n"                                                             },
        {HOST "Expect: cake\r\n\r\n",                                           "head GET / 1.1 [Host=a][Expect=cake] keep-alive expect\nend\n"},
        {HOST "X: caf\xc3\xa9\r\n\r\n",                                         "head GET / 1.1 [Host=a][X=caf\\xc3\\xa9] keep-alive\nend\n"   },
    };
    stories_are((Trace){.rules = &requests}, cases, COUNT_OF(cases));
    stories_are((Trace){.rules = &requests, .keep_between = true}, cases, COUNT_OF(cases));
}

static void chunked_bodies_are_read_with_extensions_and_trailers(void **state) {
    static const Case cases[] = {
        {CHUNKS "0\r\n\r\n",                                                                          CHUNKS_HEAD "end\n"         },
        {CHUNKS "5\r\nhello\r\n00A\r\n, dear all\r\n0\r\n\r\n" HOST "\r\n",
         CHUNKS_HEAD "body hello, dear all\nend\nhead GET / 1.1 [Host=a] keep-alive\nend\n"                                       },
        {CHUNKS "1;a\r\nx\r\n1;a=b;c=\"d\\\"; e\"\r\ny\r\n0;z\r\n\r\n",                               CHUNKS_HEAD "body xy\nend\n"},
        {CHUNKS "1\r\nx\r\n0\r\nSum: 1\r\nEtag: y\r\n\r\n",
         CHUNKS_HEAD "body x\ntrailers [Sum=1][Etag=y]\nend\n"                                                                    },
        {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
         "head POST / 1.1 [Transfer-Encoding=gzip][Transfer-Encoding=Chunked] keep-alive chunked "
         "coding\nend\n"                                                                                                          },
        {"POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "head POST / 1.0 [Connection=keep-alive][Transfer-Encoding=chunked] chunked coding\nend\n"                               },
    };
    stories_are((Trace){.rules = &requests}, cases, COUNT_OF(cases));
}

static void what_two_programs_could_read_differently_is_refused(void **state) {
    static const Case cases[] = {
        {"get / HTTP/1.1\r\n\r\n",                                                "HPE_INVALID_METHOD: Invalid method encountered\n"                           },
        {"GETX / HTTP/1.1\r\n\r\n",                                               "HPE_INVALID_METHOD: Expected space after method\n"                          },
        {"\x16\x03\x01",                                                          "HPE_INVALID_METHOD: Invalid method encountered\n"                           },
        {"GET foo HTTP/1.1\r\n\r\n",                                              "HPE_INVALID_URL: Invalid characters in url\n"                               },
        {"GET http:/x HTTP/1.1\r\n\r\n",                                          "HPE_INVALID_URL: Unexpected char in url schema\n"                           },
        {"GET ?x HTTP/1.1\r\n\r\n",                                               "HPE_INVALID_URL: Unexpected start char in url\n"                            },
        {"GET /a\x01 HTTP/1.1\r\n\r\n",                                           "HPE_INVALID_URL: Invalid char in url path\n"                                },
        {"GET /\r\n\r\n",                                                         "HPE_INVALID_URL: Invalid characters in url\n"                               },
        {"CONNECT ?x HTTP/1.1\r\n\r\n",                                           "HPE_INVALID_URL: Unexpected start char in url\n"                            },
        {"GET / HTPP/1.1\r\n\r\n",                                                "HPE_INVALID_CONSTANT: Expected HTTP/, RTSP/ or ICE/\n"                      },
        {"GET / HTTP/1.2\r\n\r\n",                                                "HPE_INVALID_VERSION: Invalid HTTP version\n"                                },
        {"GET / HTTP/2.0\r\n\r\n",                                                "HPE_INVALID_VERSION: Invalid HTTP version\n"                                },
        {"GET / HTTP/1,1\r\n\r\n",                                                "HPE_INVALID_VERSION: Expected dot\n"                                        },
        {"GET / HTTP/1.1 \r\n\r\n",                                               "HPE_INVALID_VERSION: Expected CRLF after version\n"                         },
        {"GET / HTTP/1.1\nHost: a\r\n\r\n",                                       "HPE_INVALID_VERSION: Expected CRLF after version\n"                         },
        {"GET / HTTP/1.1\rHost: a\r\n\r\n",                                       "HPE_STRICT: Expected CRLF after version\n"                                  },
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n",                                    "HPE_UNEXPECTED_SPACE: Unexpected space after start line\n"                  },
        {HOST "foo\r\n\r\n",                                                      "HPE_INVALID_HEADER_TOKEN: Invalid header token\n"                           },
        {HOST "foo : x\r\n\r\n",                                                  "HPE_INVALID_HEADER_TOKEN: Invalid header token\n"                           },
        {HOST ": x\r\n\r\n",                                                      "HPE_INVALID_HEADER_TOKEN: Invalid header token\n"                           },
        {HOST "a: x\x01\r\n\r\n",                                                 "HPE_INVALID_HEADER_TOKEN: Invalid header value char\n"                      },
        {HOST "a: x\x7f\r\n\r\n",                                                 "HPE_INVALID_HEADER_TOKEN: Invalid header value char\n"                      },
        {HOST "a: x\n\r\n",                                                       "HPE_CR_EXPECTED: Missing expected CR after header value\n"                  },
        {HOST "a: x\ry\r\n\r\n",                                                  "HPE_LF_EXPECTED: Missing expected LF after header value\n"                  },
        {HOST "a: x\r\n y\r\n\r\n",                                               "HPE_INVALID_HEADER_TOKEN: Unexpected whitespace after header value\n"       },
        {HOST "a: x\r\n\rX",                                                      "HPE_STRICT: Expected LF after headers\n"                                    },
        {HOST "a: x\r\n\n",                                                       "HPE_INVALID_HEADER_TOKEN: Invalid header field char\n"                      },
        {HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
         "HPE_UNEXPECTED_CONTENT_LENGTH: Duplicate Content-Length\n"                                                                                           },
        {HOST "Content-Length: 1, 1\r\n\r\na",
         "HPE_INVALID_CONTENT_LENGTH: Invalid character in Content-Length\n"                                                                                   },
        {HOST "Content-Length: +1\r\n\r\na",
         "HPE_INVALID_CONTENT_LENGTH: Invalid character in Content-Length\n"                                                                                   },
        {HOST "Content-Length: \r\n\r\n",                                         "HPE_INVALID_CONTENT_LENGTH: Empty Content-Length\n"                         },
        {HOST "Content-Length: 18446744073709551616\r\n\r\n",
         "HPE_INVALID_CONTENT_LENGTH: Content-Length overflow\n"                                                                                               },
        {HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "HPE_INVALID_TRANSFER_ENCODING: Transfer-Encoding can't be present with Content-Length\n"                                                             },
        {HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
         "HPE_INVALID_CONTENT_LENGTH: Content-Length can't be present with Transfer-Encoding\n"                                                                },
        {HOST "Transfer-Encoding: gzip\r\n\r\n",
         "head GET / 1.1 [Host=a][Transfer-Encoding=gzip] keep-alive coding\n"
         "HPE_INVALID_TRANSFER_ENCODING: Request has invalid `Transfer-Encoding`\n"                                                                            },
        {HOST "Transfer-Encoding: xchunked\r\n\r\n",
         "head GET / 1.1 [Host=a][Transfer-Encoding=xchunked] keep-alive coding\n"
         "HPE_INVALID_TRANSFER_ENCODING: Request has invalid `Transfer-Encoding`\n"                                                                            },
        {HOST "Transfer-Encoding: chunked, gzip\r\n\r\n",
         "HPE_INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value\n"                                                                           },
        {HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         "HPE_INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value\n"                                                                           },
        {HOST "Transfer-Encoding: \r\n\r\n",                                      "HPE_INVALID_TRANSFER_ENCODING: Empty Transfer-Encoding\n"                   },
        {HOST "Connection: close\r\n\r\nGET / HTTP/1.1\r\n",
         "head GET / 1.1 [Host=a][Connection=close]\nend\n"
         "HPE_CLOSED_CONNECTION: Data after `Connection: close`\n"                                                                                             },
        {HOST "a: b",                                                             "HPE_INVALID_EOF_STATE: Invalid EOF state\n"                                 },
        {CHUNKS "x\r\n",                                                          CHUNKS_HEAD "HPE_INVALID_CHUNK_SIZE: Invalid character in chunk size\n"      },
        {CHUNKS "1 \r\na\r\n",                                                    CHUNKS_HEAD "HPE_INVALID_CHUNK_SIZE: Invalid character in chunk size\n"      },
        {CHUNKS "-1\r\na\r\n",                                                    CHUNKS_HEAD "HPE_INVALID_CHUNK_SIZE: Invalid character in chunk size\n"      },
        {CHUNKS "11111111111111111\r\n",                                          CHUNKS_HEAD "HPE_INVALID_CHUNK_SIZE: Chunk size overflow\n"                  },
        {CHUNKS "1\na\r\n",                                                       CHUNKS_HEAD "HPE_CR_EXPECTED: Missing expected CR after chunk size\n"        },
        {CHUNKS "1\rX",                                                           CHUNKS_HEAD "HPE_STRICT: Expected LF after chunk size\n"                     },
        {CHUNKS "1\r\naX",                                                        CHUNKS_HEAD "body a\nHPE_STRICT: Expected LF after chunk data\n"             },
        {CHUNKS "1\r\na\n",                                                       CHUNKS_HEAD "body a\nHPE_CR_EXPECTED: Missing expected CR after chunk data\n"},
        {CHUNKS "1;\r\n",                                                         CHUNKS_HEAD "HPE_STRICT: Invalid character in chunk extensions\n"            },
        {CHUNKS "1;a\x01",                                                        CHUNKS_HEAD "HPE_STRICT: Invalid character in chunk extensions name\n"       },
        {CHUNKS "1;a=\"b\x01\"",
         CHUNKS_HEAD "HPE_STRICT: Invalid character in chunk extensions quoted value\n"                                                                        },
        {CHUNKS "0\r\nContent-Length: 3\r\n\r\n",
         CHUNKS_HEAD "HPE_INVALID_CONTENT_LENGTH: Content-Length can't be present with Transfer-Encoding\n"                                                    },
        {CHUNKS "0\r\nTransfer-Encoding: chunked\r\n\r\n",
         CHUNKS_HEAD "HPE_INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value\n"                                                               },
    };
    stories_are((Trace){.rules = &requests}, cases, COUNT_OF(cases));
    story_is((Trace){.rules = &requests}, HOST "a: x\0\r\n\r\n", sizeof HOST + 8,
             "HPE_INVALID_HEADER_TOKEN: Invalid header value char\n");
}

static void lenient_mode_reads_what_broken_programs_send(void **state) {
    static const Case cases[] = {
        {"GET / HTTP/1.1\nHost: a\n\n",                                           "head GET / 1.1 [Host=a] keep-alive\nend\n"          },
        {HOST "a: x\r\n y\r\n\r\n",                                               "head GET / 1.1 [Host=a][a=x y] keep-alive\nend\n"   },
        {HOST "a: x\x01\r\n\r\n",                                                 "head GET / 1.1 [Host=a][a=x\\x01] keep-alive\nend\n"},
        {"GET / HTTP/3.0\r\n\r\n",                                                "head GET / 3.0  keep-alive\nend\n"                  },
        {HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "head GET / 1.1 [Host=a][Content-Length=1][Transfer-Encoding=chunked] chunked coding\nend\n"                                  },
        {HOST "Transfer-Encoding: gzip\r\n\r\nabc",
         "head GET / 1.1 [Host=a][Transfer-Encoding=gzip] keep-alive coding\nbody abc\nend\n"                                          },
        {CHUNKS "1 \r\na0\n\n",                                                   CHUNKS_HEAD "body a\nend\n"                          },
        {HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
         "HPE_UNEXPECTED_CONTENT_LENGTH: Duplicate Content-Length\n"                                                                   },
    };
    stories_are((Trace){.rules = &lenient_requests}, cases, COUNT_OF(cases));
}

static void responses_end_where_the_protocol_says(void **state) {
    static const Case cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
         "head 200 OK 1.1 [Content-Length=2] keep-alive length\nbody ok\nend\n"                                                                     },
        {"HTTP/1.1 200\r\n\r\nall the rest",                                                 "head 200  1.1  keep-alive\nbody all the rest\nend\n"  },
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: x\r\n\r\n",
         "head 200 OK 1.1 [Transfer-Encoding=chunked] keep-alive chunked coding\nbody a\ntrailers "
         "[T=x]\nend\n"                                                                                                                             },
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 X\r\nContent-Length: "
         "9\r\n\r\n",                                                               "head 100 Continue 1.1  keep-alive\nend\nhead 204 No Content 1.1  keep-alive\nend\n"
         "head 304 X 1.1 [Content-Length=9] keep-alive length\nend\n"                                                 },
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
         "head 200 OK 1.1 [Content-Length=5] keep-alive length\nbody ok\nHPE_INVALID_EOF_STATE: Invalid EOF "
         "state\n"                                                                                                                                  },
        {"HTTP/1.1 20x OK\r\n\r\n",                                                          "HPE_INVALID_STATUS: Invalid status code\n"            },
        {"HTTP/1.1 2000 OK\r\n\r\n",                                                         "HPE_INVALID_STATUS: Invalid response status\n"        },
        {"SIP/2.0 200 OK\r\n\r\n",                                                           "HPE_INVALID_CONSTANT: Expected HTTP/, RTSP/ or ICE/\n"},
    };
    stories_are((Trace){.rules = &responses}, cases, COUNT_OF(cases));
    static const Case to_head[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
         "chunked\r\n\r\n", "head 200 OK 1.1 [Content-Length=5] keep-alive length\nend\n"
         "head 200 OK 1.1 [Transfer-Encoding=chunked] keep-alive chunked coding\nend\n"}
    };
    stories_are((Trace){.rules = &responses, .skip_body = true}, to_head, 1);
}

static void upgrades_leave_the_rest_to_the_other_protocol(void **state) {
    static const char websocket[] = HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x01x";
    static const char connect[] = "CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nraw";
    HttpReader reader;
    HttpHead head = {0};
    Slice body;
    char buffer[128];
    const char *const inputs[] = {websocket, connect}, *const rests[] = {"\x81\x01x", "raw"};
    for (int i = 0; i < 2; i++) {
        strcpy(buffer, inputs[i]);
        http_reader_init(&reader, &requests);
        http_reader_feed(&reader, buffer, strlen(buffer));
        assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_HEAD);
        assert_true(head.flags & HTTP_UPGRADE);
        http_reader_upgrade(&reader);
        assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_END);
        assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_UPGRADED);
        assert_int_equal(http_reader_rest(&reader).len, 3);
        assert_memory_equal(http_reader_rest(&reader).data, rests[i], 3);
        http_reader_free(&reader);
    }
    http_head_free(&head);
    static const Case with_body[] = {
        {"POST / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nhi",
         "head POST / 1.1 [Connection=upgrade][Upgrade=x][Content-Length=2] keep-alive length upgrade\nbody "
         "hi\nend\n"}
    };
    stories_are((Trace){.rules = &requests, .accept_upgrade = false}, with_body, 1);
}

static void heads_have_limits(void **state) {
    HttpRules rules = {.head_size_limit = 40, .field_limit = 2};
    static const Case cases[] = {
        {"GET /012345678901234567890123456789012345678 HTTP/1.1\r\n\r\n",
         "HPE_HEADER_OVERFLOW: Header overflow\n"                       },
        {HOST "a: 01234567890123456789012345678901234567890\r\n\r\n",
         "HPE_HEADER_OVERFLOW: Header overflow\n"                       },
        {HOST "a: b\r\nc: d\r\nContent-Length: 1\r\n\r\nx",
         "head GET / 1.1 [Host=a][a=b] keep-alive length\nbody x\nend\n"},
        {CHUNKS "0\r\na: 01234567890123456789012345678901234567890\r\n\r\n",
         CHUNKS_HEAD "HPE_HEADER_OVERFLOW: Header overflow\n"           },
    };
    stories_are((Trace){.rules = &rules}, cases, COUNT_OF(cases));

    Bytes extension = {0};
    bytes_append_str(&extension, CHUNKS "1;a\r\nx\r\n2");
    for (int i = 0; i < 2000; i++)
        bytes_append_str(&extension, ";name=value");
    char *story = trace_read(&(Trace){.rules = &requests}, extension.data, extension.len, NULL);
    assert_non_null(strstr(story, "HPE_CHUNK_EXTENSIONS_OVERFLOW: Chunk extensions overflow\n"));
    free(story);
    bytes_free(&extension);
}

static void a_head_that_drips_in_is_not_read_again_and_again(void **state) {
    HttpRules rules = {.head_size_limit = 1 << 19};
    HttpReader reader;
    HttpHead head = {0};
    Slice body;
    char start[] = HOST, line[] = "a: b\r\n";
    http_reader_init(&reader, &rules);
    http_reader_feed(&reader, start, strlen(start));
    assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_MORE);
    for (int i = 0; i < 400000; i++) {
        http_reader_feed(&reader, line, 6);
        HttpEvent event = http_reader_next(&reader, &head, &body);
        if (event == HTTP_FAILED) break;
        assert_int_equal(event, HTTP_MORE);
    }
    assert_int_equal(reader.problem.error, HTTP_ERROR_HEADER_OVERFLOW);
    assert_int_equal(http_error_status(reader.problem.error), 431);
    http_reader_free(&reader);
    http_head_free(&head);
}

static void problems_say_how_many_bytes_were_good(void **state) {
    HttpReader reader;
    HttpHead head = {0};
    Slice body;
    char whole[] = HOST "foo : x\r\n\r\n", first[] = HOST "fo", second[] = "o : x\r\n\r\n";
    http_reader_init(&reader, &requests);
    http_reader_feed(&reader, whole, strlen(whole));
    assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_FAILED);
    assert_int_equal(reader.problem.at, strlen(HOST "foo"));
    assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_FAILED);
    http_reader_free(&reader);
    http_reader_init(&reader, &requests);
    http_reader_feed(&reader, first, strlen(first));
    assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_MORE);
    http_reader_feed(&reader, second, strlen(second));
    assert_int_equal(http_reader_next(&reader, &head, &body), HTTP_FAILED);
    assert_int_equal(reader.problem.at, 1);
    http_reader_free(&reader);
    http_head_free(&head);
}

static void every_known_name_is_found_in_any_case(void **state) {
    for (int id = 0; id < HTTP_FIELD_COUNT; id++) {
        Slice name = http_field_name((HttpFieldId)id);
        char upper[64] = {0};
        for (size_t i = 0; i < name.len; i++)
            upper[i] = (char)(name.data[i] >= 'a' && name.data[i] <= 'z' ? name.data[i] - 32 : name.data[i]);
        assert_int_equal(http_field_find(name.data, name.len), id);
        assert_int_equal(http_field_find(upper, name.len), id);
        upper[name.len / 2] = '_';
        assert_int_equal(http_field_find(upper, name.len), HTTP_FIELD_OTHER);
    }
    for (int method = 0; method < HTTP_METHOD_COUNT; method++) {
        Slice name = http_method_name((HttpMethod)method);
        assert_int_equal(http_method_find(name.data, name.len), method);
        assert_int_equal(http_method_find(name.data, name.len - 1), HTTP_METHOD_COUNT);
    }
}

UNIT_TESTS(cmocka_unit_test(requests_are_read_whole_pipelined_and_in_pieces),
           cmocka_unit_test(chunked_bodies_are_read_with_extensions_and_trailers),
           cmocka_unit_test(what_two_programs_could_read_differently_is_refused),
           cmocka_unit_test(lenient_mode_reads_what_broken_programs_send),
           cmocka_unit_test(responses_end_where_the_protocol_says),
           cmocka_unit_test(upgrades_leave_the_rest_to_the_other_protocol),
           cmocka_unit_test(heads_have_limits),
           cmocka_unit_test(a_head_that_drips_in_is_not_read_again_and_again),
           cmocka_unit_test(problems_say_how_many_bytes_were_good),
           cmocka_unit_test(every_known_name_is_found_in_any_case))
