#include "CLinux.h"

#include <sys/timex.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int clinux_epoll_create(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? -errno : epoll;
}

int clinux_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = token };
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) ? -errno : 0;
}

int clinux_epoll_remove(int epoll, int descriptor) {
    struct epoll_event unused = { 0 };
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused) ? -errno : 0;
}

#define EVENTS 64

int clinux_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_milliseconds) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, capacity < EVENTS ? capacity : EVENTS, timeout_milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int index = 0; index < count; index++) tokens[index] = events[index].data.u64;
    return count;
}

int clinux_timer_create(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return timer < 0 ? -errno : timer;
}

int clinux_timer_set(int timer, int64_t nanoseconds) {
    struct itimerspec time = { .it_value = { .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000 } };
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL) ? -errno : 0;
}

int clinux_event_create(void) {
    int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return event < 0 ? -errno : event;
}

int clinux_event_signal(int event) {
    uint64_t one = 1;
    for (;;) {
        if (write(event, &one, sizeof one) >= 0) return 0;
        // A full counter wakes the reader just as well.
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -errno;
    }
}

int clinux_counter_read(int descriptor) {
    uint64_t count;
    return read(descriptor, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR ? -errno : 0;
}

static int64_t clock_nanoseconds(clockid_t clock) {
    struct timespec time = { 0 };
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t clinux_monotonic_nanoseconds(void) { return clock_nanoseconds(CLOCK_MONOTONIC); }
int64_t clinux_wall_nanoseconds(void) { return clock_nanoseconds(CLOCK_REALTIME); }

bool clinux_wall_clock_is_kept(void) {
    struct timex state = {0};
    return adjtimex(&state) != TIME_ERROR;
}
