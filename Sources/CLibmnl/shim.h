// libmnl and the kernel's rtnetlink headers, and what Swift cannot see of them: macros, and values
// whose home header (linux/if.h) clashes with the C library's.
#ifndef CLIBMNL_SHIM_H
#define CLIBMNL_SHIM_H

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

// Defined anew: their own headers cannot be included here, or are too old on some systems.
enum {
    HB_IFF_UP = 1 << 0,
    HB_IFF_RUNNING = 1 << 6,
    HB_IFF_LOWER_UP = 1 << 16,  // linux/if.h
    HB_ARPHRD_ETHER = 1,        // net/if_arp.h
    HB_IFA_PROTO = 11,          // in linux/if_addr.h since 5.18 only
    HB_EXT_FILTER_SKIP_STATS = 1 << 3,  // RTEXT_FILTER_SKIP_STATS
};

// The for-each macro, as its two halves.
static inline const struct nlattr *hb_mnl_attr_first(const struct nlmsghdr *message,
                                                     size_t offset) {
    return (const struct nlattr *)mnl_nlmsg_get_payload_offset(message, offset);
}
static inline bool hb_mnl_attr_ok(const struct nlmsghdr *message, const struct nlattr *attribute) {
    const char *tail = (const char *)mnl_nlmsg_get_payload_tail(message);
    return mnl_attr_ok(attribute, (int)(tail - (const char *)attribute));
}

#endif
