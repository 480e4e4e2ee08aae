// What the Glibc module does not show to Swift: calls that need _GNU_SOURCE, macros, variadic
// functions and packed structs. Thin wrappers only; each says why Swift cannot see the thing itself.
//
// _GNU_SOURCE must not be set in a header: it changes the layout of types that the Glibc module
// shares (fd_set), and the compiler refuses the mix. What needs it is compiled in a .c file.
#ifndef CLINUX_H
#define CLINUX_H

#include "clinux_child.h"
#include "clinux_control.h"
#include "clinux_guardian.h"
#include "clinux_io.h"
#include "clinux_limits.h"
#include "clinux_netns.h"
#include "clinux_packet.h"
#include "clinux_process.h"
#include "clinux_relay.h"
#include "clinux_sched.h"
#include "clinux_vigil.h"

#endif
