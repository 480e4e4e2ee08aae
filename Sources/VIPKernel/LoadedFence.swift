internal import CLibbpf
package import LinuxIO
package import Primitives
package import VIPManager

/// One program of the fence in the kernel.
package struct LoadedFence: ~Copyable {
    package enum Verdict: Equatable, Sendable { case pass, drop }

    let descriptor: OwnedDescriptor

    /// Needs CAP_BPF and CAP_NET_ADMIN.
    package init(
        _ direction: FenceProgram.Direction,
        addresses: [IPAddress],
        deadline: FenceDeadline
    ) throws(SystemError) {
        let instructions = FenceProgram.instructions(
            direction,
            addresses: addresses,
            map: deadline.descriptor.raw
        ).map(\.encoded)
        let name = direction == .ingress ? "ha_fence_in" : "ha_fence_out"
        let raw = unsafe hb_fence_program(name, instructions, instructions.count)
        guard raw >= 0 else { throw SystemError("bpf", "the fence's program", errno: -raw) }
        descriptor = OwnedDescriptor(adopting: raw)
    }

    /// What the kernel would do with a frame now (BPF_PROG_TEST_RUN).
    package func verdict(on frame: [UInt8]) throws(SystemError) -> Verdict {
        var answer: Int32 = 0
        let result = unsafe hb_fence_try(descriptor.raw, frame, UInt32(frame.count), &answer)
        guard result == 0 else { throw SystemError("bpf", "a try of the fence", errno: -result) }
        return answer == FenceProgram.drop ? .drop : .pass
    }
}
