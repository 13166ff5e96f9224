#include "Internal.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

static void store_ipv6(clinux_address *address, const struct in6_addr *from) {
    uint64_t halves[2];
    memcpy(halves, from, sizeof halves);
    address->high = be64toh(halves[0]);
    address->low = be64toh(halves[1]);
    address->is_ipv4 = false;
}

static void store_ipv4(clinux_address *address, struct in_addr from) {
    address->high = 0;
    address->low = 0x0000FFFF00000000ull | ntohl(from.s_addr);
    address->is_ipv4 = true;
}

struct in6_addr clinux_in6(const clinux_address *address) {
    uint64_t halves[2] = { htobe64(address->high), htobe64(address->low) };
    struct in6_addr result;
    memcpy(&result, halves, sizeof result);
    return result;
}

struct in_addr clinux_in4(const clinux_address *address) {
    struct in_addr result = { .s_addr = htonl((uint32_t)address->low) };
    return result;
}

socklen_t clinux_to_sockaddr(const clinux_address *address, struct sockaddr_storage *storage) {
    if (address->is_ipv4) {
        struct sockaddr_in *ipv4 = (struct sockaddr_in *)storage;
        memset(ipv4, 0, sizeof *ipv4);
        ipv4->sin_family = AF_INET;
        ipv4->sin_port = htons(address->port);
        ipv4->sin_addr = clinux_in4(address);
        return sizeof *ipv4;
    }
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)storage;
    memset(ipv6, 0, sizeof *ipv6);
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(address->port);
    ipv6->sin6_addr = clinux_in6(address);
    return sizeof *ipv6;
}

void clinux_from_sockaddr(const struct sockaddr *from, clinux_address *address) {
    memset(address, 0, sizeof *address);
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)from;
        store_ipv4(address, ipv4->sin_addr);
        address->port = ntohs(ipv4->sin_port);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)from;
        store_ipv6(address, &ipv6->sin6_addr);
        address->port = ntohs(ipv6->sin6_port);
    }
}

void clinux_from_in4(struct in_addr from, clinux_address *address) { store_ipv4(address, from); }
void clinux_from_in6(const struct in6_addr *from, clinux_address *address) { store_ipv6(address, from); }

bool clinux_parse(const char *text, clinux_address *address) {
    memset(address, 0, sizeof *address);
    struct in_addr ipv4;
    if (inet_pton(AF_INET, text, &ipv4) == 1) {
        store_ipv4(address, ipv4);
        return true;
    }
    struct in6_addr ipv6;
    if (inet_pton(AF_INET6, text, &ipv6) == 1) {
        store_ipv6(address, &ipv6);
        return true;
    }
    return false;
}

void clinux_format(const clinux_address *address, char *text, size_t size) {
    const char *written;
    if (address->is_ipv4) {
        struct in_addr ipv4 = clinux_in4(address);
        written = inet_ntop(AF_INET, &ipv4, text, (socklen_t)size);
    } else {
        struct in6_addr ipv6 = clinux_in6(address);
        written = inet_ntop(AF_INET6, &ipv6, text, (socklen_t)size);
    }
    if (!written && size) text[0] = 0;
}

int clinux_interfaces(clinux_interface *list, int capacity) {
    struct ifaddrs *all;
    if (getifaddrs(&all)) return -errno;
    int count = 0;
    for (struct ifaddrs *each = all; each && count < capacity; each = each->ifa_next) {
        if (!each->ifa_addr || !(each->ifa_flags & IFF_UP) || (each->ifa_flags & IFF_LOOPBACK)) continue;
        if (each->ifa_addr->sa_family != AF_INET && each->ifa_addr->sa_family != AF_INET6) continue;
        clinux_interface *entry = &list[count++];
        memset(entry, 0, sizeof *entry);
        strncpy(entry->name, each->ifa_name, sizeof entry->name - 1);
        clinux_from_sockaddr(each->ifa_addr, &entry->address);
        entry->address.port = 0;
    }
    freeifaddrs(all);
    return count;
}
