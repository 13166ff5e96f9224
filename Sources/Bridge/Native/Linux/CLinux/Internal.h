#pragma once
#include "CLinux.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct in6_addr clinux_in6(const clinux_address *address);
struct in_addr clinux_in4(const clinux_address *address);
socklen_t clinux_to_sockaddr(const clinux_address *address, struct sockaddr_storage *storage);
void clinux_from_sockaddr(const struct sockaddr *from, clinux_address *address);
void clinux_from_in4(struct in_addr from, clinux_address *address);
void clinux_from_in6(const struct in6_addr *from, clinux_address *address);
