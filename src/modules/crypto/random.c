/* Random bytes and prime numbers. */
#include "modules/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdlib.h>

typedef struct {
    Job job;
    unsigned char *out; /* into `target` */
    size_t len;
    Value target;
} RandomJob;

static void random_run(Job *job) {
    RandomJob *self = (RandomJob *)job;
    size_t at = 0;
    while (at < self->len) {
        size_t part = self->len - at > 1 << 30 ? 1 << 30 : self->len - at;
        if (RAND_bytes(self->out + at, (int)part) != 1) {
            job->failed = true;
            return;
        }
        at += part;
    }
}

static Value random_result(Realm *realm, Job *job) {
    return ((RandomJob *)job)->target;
}

static void random_free(Job *job) {
    RandomJob *self = (RandomJob *)job;
    value_drop(job->realm, self->target);
    mem_free(self);
}

static const JobClass random_class = {random_run, random_result, random_free};

/* randomFill(callback, bytes, offset, size) -> the same bytes */
static Value random_fill(Call *call) {
    char *data;
    size_t len;
    if (!call_bytes(call, 1, &data, &len)) return NULL;
    size_t offset = (size_t)call_int64(call, 2), size = (size_t)call_int64(call, 3);
    if (offset > len || size > len - offset) return throw_range(call, "ERR_OUT_OF_RANGE", "Invalid range");
    RandomJob *job = NEW(RandomJob);
    job->job.class = &random_class;
    job->out = (unsigned char *)data + offset;
    job->len = size;
    job->target = call_arg(call, 1);
    value_keep(call->realm, job->target);
    return job_start(call, &job->job, 0);
}

typedef struct {
    Job job;
    BIGNUM *prime, *add, *rem;
    int bits;
    bool safe, is_check, answer;
} PrimeJob;

static int prime_stop(int a, int b, BN_GENCB *cb) {
    return 1;
}

static void prime_run(Job *job) {
    PrimeJob *self = (PrimeJob *)job;
    BN_CTX *ctx = BN_CTX_new();
    BN_GENCB *gencb = BN_GENCB_new();
    BN_GENCB_set(gencb, prime_stop, NULL);
    if (self->is_check) {
        int result = BN_check_prime(self->prime, ctx, gencb);
        job->failed = result < 0;
        self->answer = result == 1;
    } else {
        job->failed =
            BN_generate_prime_ex2(self->prime, self->bits, self->safe, self->add, self->rem, gencb, ctx) != 1;
    }
    BN_GENCB_free(gencb);
    BN_CTX_free(ctx);
}

static Value prime_result(Realm *realm, Job *job) {
    PrimeJob *self = (PrimeJob *)job;
    if (self->is_check) return value_bool(self->answer);
    int len = (self->bits + 7) / 8;
    unsigned char *bytes = malloc((size_t)len + 1);
    if (!bytes || BN_bn2binpad(self->prime, bytes, len) < 0) {
        free(bytes);
        return value_undefined();
    }
    return array_buffer_adopt(realm, bytes, (size_t)len);
}

static void prime_free(Job *job) {
    PrimeJob *self = (PrimeJob *)job;
    BN_free(self->prime);
    BN_free(self->add);
    BN_free(self->rem);
    mem_free(self);
}

static const JobClass prime_class = {prime_run, prime_result, prime_free};

static BIGNUM *call_bignum(Call *call, size_t i) {
    char *data;
    size_t len;
    if (!value_bytes(call->realm, call_arg(call, i), &data, &len)) return NULL;
    return BN_bin2bn((unsigned char *)data, (int)len, NULL);
}

/* primeGenerate(callback, bits, safe, add, rem) */
static Value prime_generate(Call *call) {
    PrimeJob *job = NEW(PrimeJob);
    job->job.class = &prime_class;
    job->bits = call_int(call, 1);
    job->safe = call_bool(call, 2);
    job->add = call_bignum(call, 3);
    job->rem = call_bignum(call, 4);
    job->prime = BN_secure_new();
    const char *problem = NULL;
    if (job->add && BN_num_bits(job->add) > job->bits)
        problem = "invalid options.add";
    else if (job->add && job->rem && BN_cmp(job->add, job->rem) <= 0)
        problem = "invalid options.rem";
    if (problem) {
        prime_free(&job->job);
        return throw_range(call, "ERR_OUT_OF_RANGE", "%s", problem);
    }
    return job_start(call, &job->job, 0);
}

/* primeCheck(callback, candidate): with as many rounds as OpenSSL finds enough */
static Value prime_check(Call *call) {
    PrimeJob *job = NEW(PrimeJob);
    job->job.class = &prime_class;
    job->is_check = true;
    ERR_clear_error();
    job->prime = call_bignum(call, 1);
    if (!job->prime) {
        prime_free(&job->job);
        return throw_ssl(call, "Invalid candidate");
    }
    return job_start(call, &job->job, 0);
}

const Native random_functions[] = {
    {"randomFill",    random_fill},
    {"primeGenerate",               prime_generate},
    {"primeCheck",prime_check},
    {0   }
};
