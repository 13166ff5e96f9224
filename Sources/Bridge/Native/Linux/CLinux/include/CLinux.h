// What Swift cannot import from Linux: epoll, the mmsg calls, control messages, sockaddr of two families.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An IP address and port: the two halves of an IPv6 address in host order, IPv4 as its mapped form.
typedef struct {
    uint64_t high;
    uint64_t low;
    uint16_t port;
    bool is_ipv4;
} clinux_address;

// All calls answer -errno instead of setting it, so that no Swift code runs between failure and reading it.

int clinux_udp_open(const clinux_address *local, int receive_buffer, int send_buffer, clinux_address *bound);
// From now on the kernel keeps what ICMP says of datagrams sent from this IPv4 socket; see clinux_udp_take_error.
int clinux_udp_keep_errors(int descriptor);
// The next such error: its errno and where the datagram went; 0 when there is none.
int clinux_udp_take_error(int descriptor, clinux_address *destination);
// The address that a datagram to `remote` would leave from.
int clinux_route_source(const clinux_address *remote, clinux_address *source);
void clinux_close(int descriptor);
// The bytes that the kernel really grants (twice what was asked for, up to its limit).
int clinux_receive_buffer(int descriptor);

// Preallocated memory of one batch, both directions; used by one thread at a time.
typedef struct clinux_batch clinux_batch;
clinux_batch *clinux_batch_create(int capacity, int datagram_size);
void clinux_batch_free(clinux_batch *batch);

// Up to `capacity` datagrams; 0 when none waits.
int clinux_receive(clinux_batch *batch, int descriptor);
typedef struct {
    const uint8_t *bytes;
    size_t length;
    bool truncated;
    clinux_address remote;
    // Without a port: the socket knows it. Meaningful only if has_local.
    clinux_address local;
    bool has_local;
    // Nanoseconds that it waited in the socket; 0 if unknown.
    int64_t age;
} clinux_received;
// Nanoseconds: a datagram that seems to have waited for longer came while the clock was set.
#define CLINUX_OLDEST 1000000000
clinux_received clinux_batch_received(const clinux_batch *batch, int index);

typedef struct {
    size_t start;
    size_t length;
    clinux_address remote;
    clinux_address local;
    bool has_local;
} clinux_outgoing;
int clinux_send(int descriptor, const uint8_t *bytes, const clinux_outgoing *datagram);
// Where datagram `index` of the next batch is to be written.
clinux_outgoing *clinux_batch_outgoing(clinux_batch *batch, int index);
// Sends datagrams first..<count of the batch from the arena: how many the kernel took from the front, or -errno of the first.
int clinux_send_batch(clinux_batch *batch, int descriptor, const uint8_t *arena, int first, int count);

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int descriptor, uint64_t token);
int clinux_epoll_remove(int epoll, int descriptor);
// Writes the tokens of what is readable; 0 on time-out or a signal. A negative time-out waits for ever.
int clinux_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_milliseconds);

int clinux_timer_create(void);
// An absolute time of CLOCK_MONOTONIC; 0 disarms.
int clinux_timer_set(int timer, int64_t nanoseconds);
int clinux_event_create(void);
int clinux_event_signal(int event);
// Empties an eventfd or a timerfd.
int clinux_counter_read(int descriptor);

int64_t clinux_monotonic_nanoseconds(void);
int64_t clinux_wall_nanoseconds(void);
/* Whether the kernel believes that its wall clock is kept right. */
bool clinux_wall_clock_is_kept(void);

bool clinux_parse(const char *text, clinux_address *address);
// At least 46 bytes.
void clinux_format(const clinux_address *address, char *text, size_t size);

typedef struct {
    char name[16];
    clinux_address address;
} clinux_interface;
// The addresses of interfaces that are up and not loopback; answers their number, at most `capacity`, or -errno.
int clinux_interfaces(clinux_interface *list, int capacity);

// Starts a thread that calls `body(context)` once. The thread's name is cut to 15 bytes.
int clinux_thread_start(uint64_t *thread, const char *name, void (*body)(void *), void *context);
int clinux_thread_join(uint64_t thread);

/* Process.c */

/* Gives up root for the named user and its groups. Returns 0 or -errno. */
int clinux_become_user(const char *name);
int clinux_user_exists(const char *name);
int clinux_user_ids(const char *name, uint32_t *uid, uint32_t *gid);
/* Adds to a posix_spawn_file_actions_t: close every descriptor from `first` on. */
int clinux_spawn_close_from(void *actions, int32_t first);
/* Asks for a signal when `parent` ends. Returns 0, or -ESRCH if it is gone already. */
int clinux_die_with_parent(int32_t parent, int32_t signal_number);
