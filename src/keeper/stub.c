/* Stands in for src/cluster until it is there: no primary, so every worker is on its own. */
#include "cluster/primary.h"

#include <stddef.h>

ClusterPrimary *cluster_primary_new(uv_loop_t *loop, const ClusterOptions *options,
                                    const ClusterEvents *events, void *owner) {
    return NULL;
}
void cluster_primary_free(ClusterPrimary *primary) {}
ClusterWorker *cluster_worker_new(ClusterPrimary *primary, unsigned id, Channel *channel, void *data) {
    return NULL;
}
void cluster_worker_free(ClusterWorker *worker) {}
void *cluster_worker_data(const ClusterWorker *worker) {
    return NULL;
}
int cluster_worker_disconnect(ClusterWorker *worker) {
    return -1;
}
unsigned long cluster_worker_connections(const ClusterWorker *worker) {
    return 0;
}
