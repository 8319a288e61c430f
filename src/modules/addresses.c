#include "modules/addresses.h"

#include <net/if.h>
#include <stdio.h>

int address_parse(const char *ip, int port, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    if (!uv_ip4_addr(ip, port, (struct sockaddr_in *)address)) return 0;
    return uv_ip6_addr(ip, port, (struct sockaddr_in6 *)address);
}

void address_values(Realm *realm, const struct sockaddr *address, Value values[3]) {
    char ip[INET6_ADDRSTRLEN + IF_NAMESIZE + 2] = "";
    bool is_v6 = address->sa_family == AF_INET6;
    in_port_t port = 0;
    if (is_v6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        uv_ip6_name(v6, ip, INET6_ADDRSTRLEN);
        char zone[IF_NAMESIZE];
        if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) && v6->sin6_scope_id &&
            if_indextoname(v6->sin6_scope_id, zone)) {
            size_t len = strlen(ip);
            snprintf(ip + len, sizeof ip - len, "%%%s", zone);
        }
        port = v6->sin6_port;
    } else if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        uv_ip4_name(v4, ip, sizeof ip);
        port = v4->sin_port;
    }
    values[0] = value_string(realm, ip);
    values[1] = value_string(realm, is_v6 ? "IPv6" : "IPv4");
    values[2] = value_int(ntohs(port));
}

Value address_array(Realm *realm, const struct sockaddr *address) {
    if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return array_new(realm, 0, NULL);
    Value values[3];
    address_values(realm, address, values);
    return array_new(realm, COUNT_OF(values), values);
}
