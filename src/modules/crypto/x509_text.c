#include "modules/crypto/x509_text.h"

#include "modules/crypto/key_reader.h"

#include <openssl/x509v3.h>
#include <stdio.h>

static const unsigned long name_flags =
    (ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT) | XN_FLAG_SEP_MULTILINE |
    XN_FLAG_FN_SN;

bool x509_print_name(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, name_flags) > 0;
}

/* Names from certificates are written so that none can be mistaken for two. */
static bool name_is_plain(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == ',' || c == '\'') return false;
    }
    return true;
}

static void print_name(BIO *bio, const char *prefix, const char *text, size_t len, bool is_utf8) {
    if (name_is_plain(text, len)) {
        BIO_printf(bio, "%s", prefix);
        BIO_write(bio, text, (int)len);
        return;
    }
    BIO_printf(bio, "%s\"", prefix);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\\')
            BIO_printf(bio, "\\\\");
        else if (c == '"')
            BIO_printf(bio, "\\\"");
        else if ((c >= ' ' && c <= '~' && c != ',' && c != '\'') || c == ',' || c == '\'' ||
                 (is_utf8 && c >= 0x80))
            BIO_write(bio, &c, 1);
        else
            BIO_printf(bio, "\\u%04x", c);
    }
    BIO_printf(bio, "\"");
}

static void print_ip(BIO *bio, const ASN1_OCTET_STRING *ip) {
    const unsigned char *b = ASN1_STRING_get0_data(ip);
    int len = ASN1_STRING_length(ip);
    BIO_printf(bio, "IP Address:");
    if (len == 4)
        BIO_printf(bio, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
    else if (len == 16)
        for (int i = 0; i < 8; i++)
            BIO_printf(bio, "%s%X", i ? ":" : "", b[i * 2] << 8 | b[i * 2 + 1]);
    else
        BIO_printf(bio, "<invalid length=%d>", len);
}

static void print_general_name(BIO *bio, const GENERAL_NAME *name) {
    const ASN1_STRING *text = NULL;
    const char *prefix = "";
    switch (name->type) {
    case GEN_DNS:
        prefix = "DNS:";
        text = name->d.dNSName;
        break;
    case GEN_EMAIL:
        prefix = "email:";
        text = name->d.rfc822Name;
        break;
    case GEN_URI:
        prefix = "URI:";
        text = name->d.uniformResourceIdentifier;
        break;
    case GEN_IPADD: print_ip(bio, name->d.iPAddress); return;
    case GEN_RID: {
        char id[256];
        OBJ_obj2txt(id, sizeof id, name->d.registeredID, 1);
        BIO_printf(bio, "Registered ID:%s", id);
        return;
    }
    case GEN_DIRNAME: {
        BIO_AUTO inner = BIO_new(BIO_s_mem());
        X509_NAME_print_ex(inner, name->d.dirn, 0,
                           ASN1_STRFLGS_RFC2253 | ASN1_STRFLGS_UTF8_CONVERT | XN_FLAG_SEP_COMMA_PLUS |
                               XN_FLAG_FN_SN);
        char *data;
        long len = BIO_get_mem_data(inner, &data);
        print_name(bio, "DirName:", data, (size_t)len, true);
        return;
    }
    case GEN_OTHERNAME: {
        const char *what = NULL;
        int nid = OBJ_obj2nid(name->d.otherName->type_id);
        const ASN1_TYPE *value = name->d.otherName->value;
        if (nid == NID_id_on_SmtpUTF8Mailbox && value->type == V_ASN1_UTF8STRING)
            what = "SmtpUTF8Mailbox:";
        else if (nid == NID_XmppAddr && value->type == V_ASN1_UTF8STRING)
            what = "XmppAddr:";
        else if (nid == NID_SRVName && value->type == V_ASN1_IA5STRING)
            what = "SRVName:";
        else if (nid == NID_ms_upn && value->type == V_ASN1_UTF8STRING)
            what = "UPN:";
        else if (nid == NID_NAIRealm && value->type == V_ASN1_UTF8STRING)
            what = "NAIRealm:";
        if (!what) {
            BIO_printf(bio, "othername:<unsupported>");
            return;
        }
        char full[64];
        snprintf(full, sizeof full, "othername:%s", what);
        print_name(bio, full, (const char *)ASN1_STRING_get0_data(value->value.asn1_string),
                   (size_t)ASN1_STRING_length(value->value.asn1_string), true);
        return;
    }
    default: BIO_printf(bio, "<unsupported>"); return;
    }
    print_name(bio, prefix, (const char *)ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text),
               false);
}

bool x509_print_alt_names(BIO *bio, X509 *x509) {
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    if (!names) return false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        if (i) BIO_printf(bio, ", ");
        print_general_name(bio, sk_GENERAL_NAME_value(names, i));
    }
    GENERAL_NAMES_free(names);
    return true;
}

bool x509_print_info_access(BIO *bio, X509 *x509) {
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(x509, NID_info_access, NULL, NULL);
    if (!access) return false;
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        ACCESS_DESCRIPTION *description = sk_ACCESS_DESCRIPTION_value(access, i);
        char method[80];
        i2t_ASN1_OBJECT(method, sizeof method, description->method);
        BIO_printf(bio, "%s - ", method);
        print_general_name(bio, description->location);
        BIO_printf(bio, "\n");
    }
    AUTHORITY_INFO_ACCESS_free(access);
    return true;
}
