/* What require('perf_hooks') measures with: the clock, how long the loop was idle, and histograms that
 * JavaScript or a timer of the loop fills. */
#include "base/histogram.h"
#include "engine/handle.h"
#include "modules/modules.h"

static Value performance_now(Call *call) {
    return value_number((double)(uv_hrtime() - call->realm->start_ns) / 1e6);
}

/* origin() -> [wall clock at the start in ms, when the loop began to run (ms, -1: not yet)] */
static Value performance_origin(Call *call) {
    Realm *realm = call->realm;
    double loop_ms = realm->loop_start_ns ? (double)(realm->loop_start_ns - realm->start_ns) / 1e6 : -1;
    Value both[] = {value_number(realm->time_origin_ms), value_number(loop_ms)};
    return array_new(realm, COUNT_OF(both), both);
}

/* milestones() -> [options read, engine started, context made, modules ready], in ms since the start */
static Value performance_milestones(Call *call) {
    const Realm *realm = call->realm;
    const uint64_t all[] = {realm->options_ns, realm->engine_ns, realm->context_ns, realm->ready_ns};
    Value values[COUNT_OF(all)];
    for (size_t i = 0; i < COUNT_OF(all); i++)
        values[i] = value_number((double)(all[i] - realm->start_ns) / 1e6);
    return array_new(call->realm, COUNT_OF(values), values);
}

static Value performance_idle(Call *call) {
    return value_number(realm_idle_ms(call->realm));
}

typedef struct {
    Handle base;
    Histogram histogram;
    uv_timer_t timer; /* of a delay monitor */
    bool has_timer, running;
    int64_t resolution_ms;
    uint64_t last_ns;
} Recorder;

static void recorder_free(Recorder *recorder) {
    histogram_close(&recorder->histogram);
    handle_leave(&recorder->base);
    mem_free(recorder);
}

static void recorder_closed(uv_handle_t *timer) {
    recorder_free(timer->data);
}

static void recorder_dispose(Handle *handle) {
    Recorder *recorder = (Recorder *)handle;
    if (!recorder->has_timer)
        recorder_free(recorder);
    else if (!uv_is_closing((uv_handle_t *)&recorder->timer))
        uv_close((uv_handle_t *)&recorder->timer, recorder_closed);
}

static const Native recorder_methods[];
static const HandleClass recorder_class = {"Histogram", recorder_methods, recorder_dispose};

#define RECORDER(call)                                                                                       \
    Recorder *recorder = (Recorder *)call_handle(call, &recorder_class);                                     \
    if (!recorder) return NULL;                                                                              \
    Histogram *histogram = &recorder->histogram

/* createHistogram(lowest, highest, figures) -> handle */
static Value performance_create_histogram(Call *call) {
    Recorder *recorder = NEW(Recorder);
    if (!histogram_open(&recorder->histogram, call_int64(call, 0), call_int64(call, 1), call_int(call, 2))) {
        mem_free(recorder);
        return throw_range(call, "ERR_OUT_OF_RANGE", "These bounds make no histogram");
    }
    return handle_open(call->realm, &recorder->base, &recorder_class);
}

static void delay_tick(uv_timer_t *timer) {
    Recorder *recorder = timer->data;
    uint64_t now = uv_hrtime();
    if (recorder->last_ns) histogram_record(&recorder->histogram, (int64_t)(now - recorder->last_ns), 1);
    recorder->last_ns = now;
}

/* createDelayMonitor(resolution in ms) -> handle with start() and stop() */
static Value performance_create_delay_monitor(Call *call) {
    Recorder *recorder = NEW(Recorder);
    histogram_open(&recorder->histogram, 1, (int64_t)3.6e12, 3);
    recorder->has_timer = true;
    recorder->resolution_ms = call_int(call, 0);
    uv_timer_init(&call->realm->loop, &recorder->timer);
    recorder->timer.data = recorder;
    uv_unref((uv_handle_t *)&recorder->timer);
    return handle_open(call->realm, &recorder->base, &recorder_class);
}

static Value recorder_start(Call *call) {
    RECORDER(call);
    (void)histogram;
    if (!recorder->has_timer || recorder->running) return value_bool(false);
    recorder->running = true;
    recorder->last_ns = 0;
    handle_pin(&recorder->base);
    uint64_t every = (uint64_t)recorder->resolution_ms;
    uv_timer_start(&recorder->timer, delay_tick, every, every);
    return value_bool(true);
}

static Value recorder_stop(Call *call) {
    RECORDER(call);
    (void)histogram;
    if (!recorder->running) return value_bool(false);
    recorder->running = false;
    uv_timer_stop(&recorder->timer);
    handle_unpin(&recorder->base);
    return value_bool(true);
}

static Value recorder_record(Call *call) {
    RECORDER(call);
    histogram_record(histogram, call_int64(call, 0), 1);
    return NULL;
}

static Value recorder_record_delta(Call *call) {
    RECORDER(call);
    uint64_t now = uv_hrtime();
    if (recorder->last_ns) histogram_record(histogram, (int64_t)(now - recorder->last_ns), 1);
    recorder->last_ns = now;
    return NULL;
}

static Value recorder_add(Call *call) {
    RECORDER(call);
    Recorder *other = (Recorder *)handle_of(call_arg(call, 0), &recorder_class);
    if (other) histogram_add(histogram, &other->histogram);
    return NULL;
}

static Value recorder_reset(Call *call) {
    RECORDER(call);
    histogram_reset(histogram);
    recorder->last_ns = 0;
    return NULL;
}

/* figures() -> [count, min, max, mean, standard deviation, exceeds] */
static Value recorder_figures(Call *call) {
    RECORDER(call);
    double min = histogram->count ? (double)histogram->min : 9223372036854776000.0;
    Value all[] = {
        value_number((double)histogram->count),       value_number(min),
        value_number((double)histogram->max),         value_number(histogram_mean(histogram)),
        value_number(histogram_deviation(histogram)), value_number((double)histogram->exceeds),
    };
    return array_new(call->realm, COUNT_OF(all), all);
}

static Value recorder_percentile(Call *call) {
    RECORDER(call);
    return value_number((double)histogram_percentile(histogram, call_double(call, 0)));
}

static const Native recorder_methods[] = {
    {"start",                recorder_start},
    {"stop",                      recorder_stop},
    {"record",recorder_record},
    {"recordDelta",               recorder_record_delta},
    {"add",                      recorder_add},
    {"reset",recorder_reset},
    {"figures",                  recorder_figures},
    {"percentile",                      recorder_percentile},
    {0                     }
};

static const Native functions[] = {
    {"now",                   performance_now},
    {"origin",                       performance_origin},
    {"idle",performance_idle},
    {"milestones",                  performance_milestones},
    {"createHistogram",                       performance_create_histogram},
    {"createDelayMonitor",performance_create_delay_monitor},
    {0      }
};

const Module performance_module = {"performance", functions, NULL, NULL};
