#include "Internal.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// What is sent uses the first part only.
#define CONTROL_SIZE (CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct timespec)))

typedef union {
    struct cmsghdr header;
    char bytes[CONTROL_SIZE];
} control_buffer;

// One direction. What is received stays readable while answers are being sent, so each has its own.
typedef struct {
    struct mmsghdr *messages;
    struct iovec *vectors;
    struct sockaddr_storage *addresses;
    control_buffer *controls;
} lane;

struct clinux_batch {
    int capacity;
    int datagram_size;
    lane receiving;
    // Messages from the front whose headers the last call has changed.
    int used;
    // CLOCK_REALTIME when the last call returned.
    int64_t received_at;
    lane sending;
    clinux_outgoing *outgoing;
    uint8_t *bytes;
};

int clinux_udp_open(const clinux_address *local, int receive_buffer, int send_buffer, clinux_address *bound) {
    int descriptor = socket(local->is_ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int on = 1, failed;
    if (local->is_ipv4) {
        failed = setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    } else {
        failed = setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on)
            || setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    }
    // A kernel that does not note the time of arrival is as good as one that always hands over at once.
    setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    // The kernel cuts sizes to its limits in silence; less buffer is no reason not to run.
    if (!failed && receive_buffer > 0)
        failed = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (!failed && send_buffer > 0)
        failed = setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    struct sockaddr_storage storage;
    if (!failed) failed = bind(descriptor, (struct sockaddr *)&storage, clinux_to_sockaddr(local, &storage));
    socklen_t length = sizeof storage;
    if (!failed) failed = getsockname(descriptor, (struct sockaddr *)&storage, &length);
    if (failed) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    clinux_from_sockaddr((struct sockaddr *)&storage, bound);
    return descriptor;
}

int clinux_udp_keep_errors(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on) ? -errno : 0;
}

int clinux_udp_take_error(int descriptor, clinux_address *destination) {
    struct sockaddr_storage storage = {0};
    uint8_t control[512], byte;
    struct iovec vector = {.iov_base = &byte, .iov_len = sizeof byte};
    struct msghdr message = {
        .msg_name = &storage, .msg_namelen = sizeof storage, .msg_iov = &vector, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof control,
    };
    if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != IPPROTO_IP || header->cmsg_type != IP_RECVERR) continue;
        struct sock_extended_err error;
        memcpy(&error, CMSG_DATA(header), sizeof error);
        clinux_from_sockaddr((struct sockaddr *)&storage, destination);
        return error.ee_errno ? (int)error.ee_errno : EPROTO;
    }
    return EPROTO;
}

int clinux_route_source(const clinux_address *remote, clinux_address *source) {
    int descriptor = socket(remote->is_ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    struct sockaddr_storage storage;
    socklen_t length = clinux_to_sockaddr(remote, &storage);
    int failed = connect(descriptor, (struct sockaddr *)&storage, length);
    length = sizeof storage;
    if (!failed) failed = getsockname(descriptor, (struct sockaddr *)&storage, &length);
    int error = errno;
    close(descriptor);
    if (failed) return -error;
    clinux_from_sockaddr((struct sockaddr *)&storage, source);
    return 0;
}

void clinux_close(int descriptor) { close(descriptor); }

int clinux_receive_buffer(int descriptor) {
    int size = 0;
    socklen_t length = sizeof size;
    return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, &length) ? -errno : size;
}

static bool lane_allocate(lane *lane, size_t count) {
    lane->messages = calloc(count, sizeof *lane->messages);
    lane->vectors = calloc(count, sizeof *lane->vectors);
    lane->addresses = calloc(count, sizeof *lane->addresses);
    lane->controls = calloc(count, sizeof *lane->controls);
    return lane->messages && lane->vectors && lane->addresses && lane->controls;
}

static void lane_free(lane *lane) {
    free(lane->messages);
    free(lane->vectors);
    free(lane->addresses);
    free(lane->controls);
}

clinux_batch *clinux_batch_create(int capacity, int datagram_size) {
    clinux_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return NULL;
    size_t count = (size_t)capacity;
    batch->capacity = capacity;
    batch->used = capacity;
    batch->datagram_size = datagram_size;
    batch->outgoing = calloc(count, sizeof *batch->outgoing);
    batch->bytes = calloc(count, (size_t)datagram_size);
    bool complete = lane_allocate(&batch->receiving, count) && lane_allocate(&batch->sending, count);
    if (!complete || !batch->outgoing || !batch->bytes) {
        clinux_batch_free(batch);
        return NULL;
    }
    return batch;
}

void clinux_batch_free(clinux_batch *batch) {
    lane_free(&batch->receiving);
    lane_free(&batch->sending);
    free(batch->outgoing);
    free(batch->bytes);
    free(batch);
}

int clinux_receive(clinux_batch *batch, int descriptor) {
    for (int index = 0; index < batch->used; index++) {
        batch->receiving.vectors[index].iov_base = batch->bytes + (size_t)index * (size_t)batch->datagram_size;
        batch->receiving.vectors[index].iov_len = (size_t)batch->datagram_size;
        struct msghdr *header = &batch->receiving.messages[index].msg_hdr;
        memset(header, 0, sizeof *header);
        header->msg_name = &batch->receiving.addresses[index];
        header->msg_namelen = sizeof batch->receiving.addresses[index];
        header->msg_iov = &batch->receiving.vectors[index];
        header->msg_iovlen = 1;
        header->msg_control = &batch->receiving.controls[index];
        header->msg_controllen = sizeof batch->receiving.controls[index];
    }
    int count = recvmmsg(descriptor, batch->receiving.messages, (unsigned)batch->capacity, MSG_DONTWAIT, NULL);
    batch->used = count < 0 ? batch->capacity : count;
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    batch->received_at = clinux_wall_nanoseconds();
    return count;
}

// Both clocks step together; a step between the two readings must not make a datagram old, or of the future.
static int64_t age(int64_t now, struct timespec arrival) {
    int64_t passed = now - ((int64_t)arrival.tv_sec * 1000000000 + arrival.tv_nsec);
    return passed < 0 || passed > CLINUX_OLDEST ? 0 : passed;
}

clinux_received clinux_batch_received(const clinux_batch *batch, int index) {
    clinux_received result;
    memset(&result, 0, sizeof result);
    struct mmsghdr *message = &batch->receiving.messages[index];
    result.bytes = batch->bytes + (size_t)index * (size_t)batch->datagram_size;
    result.length = message->msg_len;
    result.truncated = (message->msg_hdr.msg_flags & MSG_TRUNC) != 0;
    clinux_from_sockaddr((const struct sockaddr *)&batch->receiving.addresses[index], &result.remote);
    for (struct cmsghdr *each = CMSG_FIRSTHDR(&message->msg_hdr); each; each = CMSG_NXTHDR(&message->msg_hdr, each)) {
        if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(each), sizeof info);
            // The local address an answer should have; for a broadcast it differs from the one in the header.
            clinux_from_in4(info.ipi_spec_dst, &result.local);
            result.has_local = true;
        } else if (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(each), sizeof info);
            clinux_from_in6(&info.ipi6_addr, &result.local);
            result.has_local = true;
        } else if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec arrival;
            memcpy(&arrival, CMSG_DATA(each), sizeof arrival);
            result.age = age(batch->received_at, arrival);
        }
    }
    return result;
}

static void prepare(struct msghdr *header, struct iovec *vector, struct sockaddr_storage *address, control_buffer *control,
                    const uint8_t *bytes, const clinux_outgoing *datagram) {
    vector->iov_base = (void *)(uintptr_t)(bytes + datagram->start);
    vector->iov_len = datagram->length;
    memset(header, 0, sizeof *header);
    header->msg_name = address;
    header->msg_namelen = clinux_to_sockaddr(&datagram->remote, address);
    header->msg_iov = vector;
    header->msg_iovlen = 1;
    if (!datagram->has_local || datagram->local.is_ipv4 != datagram->remote.is_ipv4) return;
    memset(control, 0, sizeof *control);
    header->msg_control = control;
    header->msg_controllen = sizeof *control;
    struct cmsghdr *message = CMSG_FIRSTHDR(header);
    if (datagram->local.is_ipv4) {
        struct in_pktinfo info = { .ipi_spec_dst = clinux_in4(&datagram->local) };
        message->cmsg_level = IPPROTO_IP;
        message->cmsg_type = IP_PKTINFO;
        message->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(message), &info, sizeof info);
        header->msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        struct in6_pktinfo info = { .ipi6_addr = clinux_in6(&datagram->local) };
        message->cmsg_level = IPPROTO_IPV6;
        message->cmsg_type = IPV6_PKTINFO;
        message->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(message), &info, sizeof info);
        header->msg_controllen = CMSG_SPACE(sizeof info);
    }
}

int clinux_send(int descriptor, const uint8_t *bytes, const clinux_outgoing *datagram) {
    struct msghdr header;
    struct iovec vector;
    struct sockaddr_storage address;
    control_buffer control;
    prepare(&header, &vector, &address, &control, bytes, datagram);
    for (;;) {
        if (sendmsg(descriptor, &header, MSG_DONTWAIT) >= 0) return 0;
        if (errno != EINTR) return -errno;
    }
}

clinux_outgoing *clinux_batch_outgoing(clinux_batch *batch, int index) { return &batch->outgoing[index]; }

int clinux_send_batch(clinux_batch *batch, int descriptor, const uint8_t *arena, int first, int count) {
    lane *lane = &batch->sending;
    for (int index = first; index < count; index++) {
        prepare(&lane->messages[index].msg_hdr, &lane->vectors[index], &lane->addresses[index], &lane->controls[index],
                arena, &batch->outgoing[index]);
    }
    for (;;) {
        int sent = sendmmsg(descriptor, lane->messages + first, (unsigned)(count - first), MSG_DONTWAIT);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}
