/* New key pairs, made on a thread because large ones take long. */
#include "modules/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

typedef struct {
    Job job;
    EVP_PKEY_CTX *ctx;
    EVP_PKEY_CTX *param_ctx; /* DSA and DH: parameters first */
    EVP_PKEY *pkey;
} KeygenJob;

static void keygen_run(Job *job) {
    KeygenJob *self = (KeygenJob *)job;
    if (self->param_ctx) {
        EVP_PKEY *params = NULL;
        job->failed = true;
        if (EVP_PKEY_paramgen(self->param_ctx, &params) != 1) return;
        self->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
        EVP_PKEY_free(params);
        if (!self->ctx || EVP_PKEY_keygen_init(self->ctx) != 1) return;
    }
    job->failed = EVP_PKEY_keygen(self->ctx, &self->pkey) != 1;
}

static Value keygen_result(Realm *realm, Job *job) {
    KeygenJob *self = (KeygenJob *)job;
    EVP_PKEY_up_ref(self->pkey);
    Object public = key_pkey_new(realm, KEY_PUBLIC, self->pkey);
    value_keep(realm, public);
    Object private = key_pkey_new(realm, KEY_PRIVATE, self->pkey);
    self->pkey = NULL;
    Value pair[] = {public, private};
    Object array = array_new(realm, 2, pair);
    value_drop(realm, public);
    return array;
}

static void keygen_free(Job *job) {
    KeygenJob *self = (KeygenJob *)job;
    EVP_PKEY_CTX_free(self->ctx);
    EVP_PKEY_CTX_free(self->param_ctx);
    EVP_PKEY_free(self->pkey);
    mem_free(self);
}

static const JobClass keygen_class = {keygen_run, keygen_result, keygen_free};

static KeygenJob *keygen_new(const char *type, bool has_params) {
    KeygenJob *job = NEW(KeygenJob);
    job->job.class = &keygen_class;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (has_params) {
        job->param_ctx = ctx;
        EVP_PKEY_paramgen_init(ctx);
    } else {
        job->ctx = ctx;
        EVP_PKEY_keygen_init(ctx);
    }
    return job;
}

static Value keygen_fail(Call *call, KeygenJob *job, const char *message) {
    keygen_free(&job->job);
    return throw_ssl(call, message);
}

static Value keygen_unknown_digest(Call *call, KeygenJob *job, const char *what, const char *name) {
    keygen_free(&job->job);
    ERR_clear_error();
    return throw_type(call, "ERR_CRYPTO_INVALID_DIGEST", "Invalid %s: %s", what, name);
}

/* keygenRsa(callback, bits, exponent, is PSS, hash, mgf1 hash, salt length or -1) */
static Value keygen_rsa(Call *call) {
    bool is_pss = call_bool(call, 3);
    TEXT hash = {0}, mgf1 = {0};
    if (!call_text(call, 4, &hash) || !call_text(call, 5, &mgf1)) return NULL;
    ERR_clear_error();
    KeygenJob *job = keygen_new(is_pss ? "RSA-PSS" : "RSA", false);
    BIGNUM *exponent = BN_new();
    BN_set_word(exponent, (BN_ULONG)call_int64(call, 2));
    bool fine = EVP_PKEY_CTX_set_rsa_keygen_bits(job->ctx, call_int(call, 1)) == 1 &&
                EVP_PKEY_CTX_set1_rsa_keygen_pubexp(job->ctx, exponent) == 1;
    BN_free(exponent);
    if (!fine) return keygen_fail(call, job, "Key generation failed");
    if (is_pss) {
        const EVP_MD *md = NULL, *mgf1_md = NULL;
        if (call_is_given(call, 4) && !(md = EVP_get_digestbyname(hash.data)))
            return keygen_unknown_digest(call, job, "digest", hash.data);
        if (call_is_given(call, 5) && !(mgf1_md = EVP_get_digestbyname(mgf1.data)))
            return keygen_unknown_digest(call, job, "MGF1 digest", mgf1.data);
        if (!mgf1_md) mgf1_md = md;
        int salt = call_int(call, 6);
        if (salt < 0 && md) salt = EVP_MD_get_size(md);
        if ((md && EVP_PKEY_CTX_set_rsa_pss_keygen_md(job->ctx, md) != 1) ||
            (mgf1_md && EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(job->ctx, mgf1_md) != 1) ||
            (salt >= 0 && EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(job->ctx, salt) != 1))
            return keygen_fail(call, job, "Key generation failed");
    }
    return job_start(call, &job->job, 0);
}

/* keygenDsa(callback, bits, divisor bits or -1) */
static Value keygen_dsa(Call *call) {
    ERR_clear_error();
    KeygenJob *job = keygen_new("DSA", true);
    int divisor = call_int(call, 2);
    if (EVP_PKEY_CTX_set_dsa_paramgen_bits(job->param_ctx, call_int(call, 1)) != 1 ||
        (divisor >= 0 && EVP_PKEY_CTX_set_dsa_paramgen_q_bits(job->param_ctx, divisor) != 1))
        return keygen_fail(call, job, "Key generation failed");
    return job_start(call, &job->job, 0);
}

/* keygenEc(callback, curve, with explicit parameters) */
static Value keygen_ec(Call *call) {
    TEXT curve = {0};
    if (!call_text(call, 1, &curve)) return NULL;
    int nid = EC_curve_nist2nid(curve.data);
    if (nid == NID_undef) nid = OBJ_sn2nid(curve.data);
    ERR_clear_error();
    KeygenJob *job = keygen_new("EC", false);
    if (nid == NID_undef || EVP_PKEY_CTX_set_group_name(job->ctx, OBJ_nid2sn(nid)) != 1) {
        keygen_free(&job->job);
        ERR_clear_error();
        return throw_type(call, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
    }
    EVP_PKEY_CTX_set_ec_param_enc(job->ctx,
                                  call_bool(call, 2) ? OPENSSL_EC_EXPLICIT_CURVE : OPENSSL_EC_NAMED_CURVE);
    return job_start(call, &job->job, 0);
}

/* keygenCurve(callback, "ED25519" or another name that needs nothing more) */
static Value keygen_curve(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 1, &name)) return NULL;
    ERR_clear_error();
    return job_start(call, &keygen_new(name.data, false)->job, 0);
}

/* keygenDh(callback, group, prime, prime bits, generator) */
static Value keygen_dh(Call *call) {
    TEXT group = {0};
    VIEW prime = {0};
    if (!call_text(call, 1, &group) || !call_view(call, 2, &prime)) return NULL;
    ERR_clear_error();
    KeygenJob *job = NEW(KeygenJob);
    job->job.class = &keygen_class;
    int generator = call_int(call, 4);
    if (call_is_given(call, 1)) {
        job->ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
        OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data, 0),
                               OSSL_PARAM_construct_end()};
        if (EVP_PKEY_keygen_init(job->ctx) != 1 || EVP_PKEY_CTX_set_params(job->ctx, params) != 1)
            return keygen_fail(call, job, "Key generation failed");
    } else if (call_is_given(call, 2)) {
        EVP_PKEY *params_key = NULL;
        OSSL_PARAM params[3];
        BIGNUM *p = BN_bin2bn((unsigned char *)prime.data, (int)prime.len, NULL);
        unsigned char native[8192 / 8 + 8];
        int len = BN_num_bytes(p) + 1;
        bool fine = (size_t)len <= sizeof native && BN_bn2nativepad(p, native, len) >= 0;
        BN_free(p);
        unsigned g = (unsigned)generator;
        params[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_FFC_P, native, (size_t)len);
        params[1] = OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_FFC_G, &g);
        params[2] = OSSL_PARAM_construct_end();
        PKEY_CTX from = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
        if (!fine || EVP_PKEY_fromdata_init(from) != 1 ||
            EVP_PKEY_fromdata(from, &params_key, EVP_PKEY_KEY_PARAMETERS, params) != 1)
            return keygen_fail(call, job, "Key generation failed");
        job->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params_key, NULL);
        EVP_PKEY_free(params_key);
        if (EVP_PKEY_keygen_init(job->ctx) != 1) return keygen_fail(call, job, "Key generation failed");
    } else {
        job->param_ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
        if (EVP_PKEY_paramgen_init(job->param_ctx) != 1 ||
            EVP_PKEY_CTX_set_dh_paramgen_prime_len(job->param_ctx, call_int(call, 3)) != 1 ||
            EVP_PKEY_CTX_set_dh_paramgen_generator(job->param_ctx, generator) != 1)
            return keygen_fail(call, job, "Key generation failed");
    }
    return job_start(call, &job->job, 0);
}

const Native keygen_functions[] = {
    {"keygenRsa",   keygen_rsa},
    {"keygenDsa",             keygen_dsa},
    {"keygenEc",keygen_ec},
    {"keygenCurve",    keygen_curve},
    {"keygenDh",             keygen_dh},
    {0}
};
