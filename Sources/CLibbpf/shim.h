// libbpf for the fence. Its option structs have bit-fields and macros that Swift does not see, and
// linux/bpf.h anonymous unions: everything goes through these wrappers. All return a descriptor or
// 0, or a negated errno.
#ifndef CLIBBPF_SHIM_H
#define CLIBBPF_SHIM_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>

// The project's own mark, so that the fence of an earlier life is found and replaced, and no filter
// of others is. Priority 1: a filter before ours could accept a packet for good.
enum { HB_FENCE_HANDLE = 0x4841, HB_FENCE_PRIORITY = 1 };

// What libbpf would print is in the results; its printing goes to standard error.
static inline void hb_bpf_be_silent(void) { libbpf_set_print(NULL); }

// Times of CLOCK_MONOTONIC in nanoseconds, shared by kernel, heart and guardian.
struct hb_fence_times {
    uint64_t deadline;  // traffic passes below it
    uint64_t latch;     // when a closed fence dropped a probe last
    uint64_t decision;  // when the activation was decided: a later latch keeps the fence shut
};

// An array of one such value that can be mapped into memory. The descriptor is close-on-exec.
static inline int hb_fence_map(void) {
    LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
    return bpf_map_create(BPF_MAP_TYPE_ARRAY, "ha_fence", 4, sizeof(struct hb_fence_times), 1,
                          &options);
}

// Loads a packet filter, given as 64-bit instructions.
static inline int hb_fence_program(const char *name, const uint64_t *instructions, size_t count) {
    return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, name, "Apache-2.0",
                         (const struct bpf_insn *)(const void *)instructions, count, NULL);
}

// Runs a loaded program on a frame; its answer in `verdict`.
static inline int hb_fence_try(int program, const void *frame, uint32_t length, int32_t *verdict) {
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = length);
    int result = bpf_prog_test_run_opts(program, &options);
    *verdict = (int32_t)options.retval;
    return result;
}

#define HB_BPF(op, to, from, offset, number) \
    ((struct bpf_insn){.code = (op), .dst_reg = (to), .src_reg = (from), .off = (offset), \
                       .imm = (number)})

// Loads the program that prolongs the deadline: where the clock of the kernel has reached it, or a
// probe was dropped, the answer is 1 and nothing is stored. Its argument is the new deadline. Needs
// Linux 5.14.
static inline int hb_fence_renewer(int map) {
    const struct bpf_insn instructions[] = {
        HB_BPF(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0),
        HB_BPF(BPF_LDX | BPF_MEM | BPF_DW, 7, 6, 0, 0),  // R7: the new deadline
        HB_BPF(BPF_LD | BPF_IMM | BPF_DW, 8, BPF_PSEUDO_MAP_VALUE, 0, map),  // R8: where it goes
        HB_BPF(0, 0, 0, 0, 0),
        HB_BPF(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ktime_get_ns),
        HB_BPF(BPF_LDX | BPF_MEM | BPF_DW, 9, 8, 0, 0),
        HB_BPF(BPF_JMP | BPF_JGE | BPF_X, 0, 9, 6, 0),
        HB_BPF(BPF_LDX | BPF_MEM | BPF_DW, 1, 8, 8, 0),   // R1: the latch
        HB_BPF(BPF_LDX | BPF_MEM | BPF_DW, 2, 8, 16, 0),  // R2: the decision
        HB_BPF(BPF_JMP | BPF_JGT | BPF_X, 1, 2, 3, 0),
        HB_BPF(BPF_STX | BPF_MEM | BPF_DW, 8, 7, 0, 0),
        HB_BPF(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
        HB_BPF(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
        HB_BPF(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
        HB_BPF(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
    };
    LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);
    return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "ha_fence_renew", "Apache-2.0", instructions,
                         sizeof instructions / sizeof *instructions, &options);
}

// 0: prolonged; 1: it was over; or a negated errno. No signal can come between the look and the
// store: a process is stopped only on its way back from the kernel.
static inline int hb_fence_renew(int program, uint64_t deadline) {
    LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &deadline, .ctx_size_in = sizeof deadline);
    int result = bpf_prog_test_run_opts(program, &options);
    return result < 0 ? result : (int)options.retval;
}

// Puts a program at an interface's clsact, in the place of an earlier one of ours.
static inline int hb_fence_attach(int interface_index, int is_egress, int program) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface_index,
                .attach_point = is_egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
    int result = bpf_tc_hook_create(&hook);
    if (result < 0 && result != -EEXIST) return result;
    LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = program, .flags = BPF_TC_F_REPLACE,
                .handle = HB_FENCE_HANDLE, .priority = HB_FENCE_PRIORITY);
    return bpf_tc_attach(&hook, &options);
}

// 0 where our program is there.
static inline int hb_fence_query(int interface_index, int is_egress) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface_index,
                .attach_point = is_egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
    LIBBPF_OPTS(bpf_tc_opts, options, .handle = HB_FENCE_HANDLE, .priority = HB_FENCE_PRIORITY);
    return bpf_tc_query(&hook, &options);
}

// Removes ours; the hook stays, it may serve others.
static inline int hb_fence_detach(int interface_index, int is_egress) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface_index,
                .attach_point = is_egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
    LIBBPF_OPTS(bpf_tc_opts, options, .handle = HB_FENCE_HANDLE, .priority = HB_FENCE_PRIORITY);
    return bpf_tc_detach(&hook, &options);
}

// The times are written by the heart, its guardian or the kernel and read by the kernel at any time.
// C11 atomics are not imported.
static inline void hb_fence_store(uint64_t *time, uint64_t value) {
    __atomic_store_n(time, value, __ATOMIC_SEQ_CST);
}
static inline uint64_t hb_fence_load(const uint64_t *time) {
    return __atomic_load_n(time, __ATOMIC_SEQ_CST);
}

#endif
