#define _GNU_SOURCE
#include "cbench.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void note(int signal) { caught = signal; }

void bench_catch_signals(void) {
    // Without SA_RESTART: who waits shall look up.
    struct sigaction action = {.sa_handler = note};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int bench_caught_signal(void) { return caught; }

int bench_errno(void) { return errno; }

int bench_pipe(int descriptors[2]) { return pipe2(descriptors, O_CLOEXEC); }

int bench_enter_namespace(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = setns(fd, CLONE_NEWNET), error = errno;
    close(fd);
    errno = error;
    return result;
}

// Between fork and exec. Returns only with errno set.
static void become(const char *name_space, int cpu, char *const arguments[],
                   const int descriptors[3]) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    if (name_space && bench_enter_namespace(name_space) < 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu >= 0) {
        CPU_SET(cpu, &set);
        if (sched_setaffinity(0, sizeof set, &set) < 0) return;
    }
    // First out of the way: one of the three may have the number of another.
    int copies[3];
    for (int number = 0; number < 3; number++) {
        copies[number] = fcntl(descriptors[number], F_DUPFD_CLOEXEC, 10);
        if (copies[number] < 0) return;
    }
    for (int number = 0; number < 3; number++) dup2(copies[number], number);
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
    execvp(arguments[0], arguments);
}

int bench_spawn(const char *name_space, int cpu, char *const arguments[],
                const int descriptors[3]) {
    int report[2];
    if (bench_pipe(report) < 0) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        // Above the numbers that the child's own get.
        int out = fcntl(report[1], F_DUPFD_CLOEXEC, 20);
        become(name_space, cpu, arguments, descriptors);
        int error = errno;
        (void)!write(out, &error, sizeof error);
        _exit(127);
    }
    int error = errno;
    close(report[1]);
    if (pid > 0) {
        ssize_t count;
        do count = read(report[0], &error, sizeof error);
        while (count < 0 && errno == EINTR);
        if (count > 0) {
            waitpid(pid, NULL, 0);
            pid = -1;
        }
    }
    close(report[0]);
    errno = error;
    return pid;
}

int bench_try_connect(const char *address, int port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int result = connect(fd, (struct sockaddr *)&name, sizeof name), error = errno;
    close(fd);
    errno = error;
    return result;
}

long bench_raise_descriptor_limit(long wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
    rlim_t hard = limit.rlim_max;
    if (hard < (rlim_t)wanted) {
        // Needs CAP_SYS_RESOURCE, which root in a container may lack.
        struct rlimit raised = {(rlim_t)wanted, (rlim_t)wanted};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
    }
    limit.rlim_cur = hard;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
    return (long)hard;
}
