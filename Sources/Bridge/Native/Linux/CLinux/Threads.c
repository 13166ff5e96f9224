#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int clinux_thread_start(uint64_t *thread, const char *name, void (*body)(void *), void *context) {
    struct start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    start->body = body;
    start->context = context;
    pthread_t created;
    int error = pthread_create(&created, NULL, run, start);
    if (error) {
        free(start);
        return -error;
    }
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = 0;
    pthread_setname_np(created, cut);
    *thread = (uint64_t)created;
    return 0;
}

int clinux_thread_join(uint64_t thread) {
    return -pthread_join((pthread_t)thread, NULL);
}
