#include "Internal.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <unistd.h>

int clinux_become_user(const char *name) {
    struct passwd *user = getpwnam(name);
    if (!user) return -ENOENT;
    if (initgroups(name, user->pw_gid) || setgid(user->pw_gid) || setuid(user->pw_uid)) return -errno;
    return 0;
}

int clinux_user_exists(const char *name) { return getpwnam(name) != NULL; }

int clinux_user_ids(const char *name, uint32_t *uid, uint32_t *gid) {
    struct passwd *user = getpwnam(name);
    if (!user) return -ENOENT;
    *uid = user->pw_uid;
    *gid = user->pw_gid;
    return 0;
}

int clinux_die_with_parent(int32_t parent, int32_t signal_number) {
    if (prctl(PR_SET_PDEATHSIG, signal_number)) return -errno;
    /* The parent may have gone before the line above. */
    return getppid() == parent ? 0 : -ESRCH;
}

int clinux_spawn_close_from(void *actions, int32_t first) { return -posix_spawn_file_actions_addclosefrom_np(actions, first); }
