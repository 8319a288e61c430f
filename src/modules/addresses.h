/* Socket addresses between the kernel's form and JavaScript's, the same for TCP, UDP and names. */
#pragma once

#include "engine/call.h"

/* ip and port to an address; a negative error if ip is none. Knows IPv6 zones (fe80::1%eth0). */
int address_parse(const char *ip, int port, struct sockaddr_storage *address);
/* [address, 'IPv4' or 'IPv6', port] */
Value address_array(Realm *realm, const struct sockaddr *address);
/* Without the array: fills three values, for callbacks. */
void address_values(Realm *realm, const struct sockaddr *address, Value values[3]);
