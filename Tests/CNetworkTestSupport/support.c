#define _GNU_SOURCE
#include "CNetworkTestSupport.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int hbtest_enter_new_network(void) {
    int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    if (unshare(CLONE_NEWNET) == 0) return fd;
    close(fd);
    return -1;
}

int hbtest_return_to_network(int fd) {
    int result = setns(fd, CLONE_NEWNET);
    close(fd);
    return result;
}

int hbtest_set_capability(int capability, bool is_effective) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) return -1;
    uint32_t bit = UINT32_C(1) << (capability % 32);
    if (is_effective) {
        data[capability / 32].effective |= bit;
    } else {
        data[capability / 32].effective &= ~bit;
    }
    return (int)syscall(SYS_capset, &header, data);
}

int hbtest_open_capture(const char *interface_name) {
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    struct sockaddr_ll address;
    memset(&address, 0, sizeof address);
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = (int)if_nametoindex(interface_name);
    if (address.sll_ifindex != 0 &&
        bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

int hbtest_stop_thread(int thread) {
    if (ptrace(PTRACE_SEIZE, thread, 0, 0) != 0) return -1;
    if (ptrace(PTRACE_INTERRUPT, thread, 0, 0) != 0) return -1;
    int status;
    return waitpid(thread, &status, __WALL) == thread ? 0 : -1;
}

int hbtest_release_thread(int thread) { return (int)ptrace(PTRACE_DETACH, thread, 0, 0); }

int hbtest_thread_has_died(int thread) {
    int status;
    pid_t answer = waitpid(thread, &status, __WALL | WNOHANG);
    if (answer < 0) return -1;
    return answer == thread && (WIFEXITED(status) || WIFSIGNALED(status));
}
