// Network namespaces, for the lab and the doctor.
#ifndef CLINUX_NETNS_H
#define CLINUX_NETNS_H

// setns needs _GNU_SOURCE. Moves the calling thread into the network namespace that `fd` refers to.
// Returns 0, or -1 with errno.
int hb_enter_network_namespace(int fd);

// unshare needs _GNU_SOURCE. Gives the calling thread a network namespace of its own, which goes with
// it. Needs CAP_SYS_ADMIN. 0, or -1 with errno.
int hb_new_network_namespace(void);

#endif
