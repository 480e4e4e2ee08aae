#define _GNU_SOURCE
#include "clinux_netns.h"
#include <sched.h>

int hb_enter_network_namespace(int fd) { return setns(fd, CLONE_NEWNET); }

int hb_new_network_namespace(void) { return unshare(CLONE_NEWNET); }
