/* What messages between realms are made of, for the modules that send them: ports and workers. */
#pragma once

#include "engine/handle.h"
#include "sys/port.h"

enum { MESSAGE_PLAIN, MESSAGE_CLONED };

/* The port object for an end that this realm now owns. */
Object message_port_open(Realm *realm, PortEnd end);
