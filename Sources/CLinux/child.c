#define _GNU_SOURCE
#include "clinux_child.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int hb_pidfd_open(int pid) { return pidfd_open(pid, 0); }

int hb_pidfd_send_signal(int pidfd, int signal) {
    return pidfd_send_signal(pidfd, signal, 0, 0);
}

char **hb_environment(void) { return environ; }

int hb_duplicate_above(int fd, int floor) { return fcntl(fd, F_DUPFD_CLOEXEC, floor + 1); }

int hb_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// The kernel's overflow user, which every distribution calls nobody.
enum { NOBODY = 65534 };

// In the child of vfork, which shares the parent's memory: system calls only, and not the C library's
// setuid and its kin, which would change every thread of the parent.
static int become_unprivileged(void) {
    if (geteuid() == 0) {
        if (syscall(SYS_setgroups, 0, NULL) != 0 ||
            syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY) != 0 ||
            syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY) != 0)
            return -1;
    } else {
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
        struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 ||
            syscall(SYS_capset, &header, none) != 0)
            return -1;
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int hb_spawn_unprivileged(const char *path, char *const argv[], char *const envp[]) {
    sigset_t all, old;
    sigfillset(&all);
    // No handler of the parent may run in the child: it would run in the parent's memory.
    sigprocmask(SIG_BLOCK, &all, &old);
    volatile int error = 0;
    pid_t parent = getpid();
    pid_t pid = vfork();
    if (pid == 0) {
        struct sigaction standard = {.sa_handler = SIG_DFL};
        for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
        int null = open("/dev/null", O_RDWR);
        if (null >= 0 && setpgid(0, 0) == 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 &&
            dup2(null, 2) == 2 && syscall(SYS_close_range, 3, ~0U, 0) == 0 &&
            become_unprivileged() == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
            getppid() == parent) {
            sigset_t none;
            sigemptyset(&none);
            sigprocmask(SIG_SETMASK, &none, NULL);
            execve(path, argv, envp);
        }
        error = errno;
        _exit(127);
    }
    int failure = pid < 0 ? errno : error;
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (failure == 0) return pid;
    if (pid > 0) {
        siginfo_t info;
        waitid(P_PID, (id_t)pid, &info, WEXITED);
    }
    return -failure;
}
