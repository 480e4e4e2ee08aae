internal import CLibbpf
internal import Glibc
package import LinuxIO
package import Primitives

/// Until when the kernel lets traffic of the virtual addresses through: a number in memory that
/// kernel, heart and guardian share. To change it takes one store, no system call and no lock.
///
/// It is closed until it is opened, and closes by itself. A probe that the closed fence drops
/// latches it shut until the next activation begins.
@safe package final class FenceDeadline: @unchecked Sendable {
    // Unchecked: each number is written and read as a whole.
    private let times: UnsafeMutablePointer<hb_fence_times>
    private let size: Int
    /// Of the kernel's map, to be handed to the daemon.
    package let descriptor: OwnedDescriptor

    /// New and closed. Needs CAP_BPF.
    package convenience init() throws(SystemError) {
        hb_bpf_be_silent()
        let raw = hb_fence_map()
        guard raw >= 0 else { throw SystemError("bpf", "the map of the fence", errno: -raw) }
        try self.init(adopting: OwnedDescriptor(adopting: raw))
    }

    /// The one behind a descriptor that the guardian handed over.
    package init(adopting descriptor: consuming OwnedDescriptor) throws(SystemError) {
        hb_bpf_be_silent()
        size = Int(sysconf(Int32(_SC_PAGESIZE)))
        let address = unsafe mmap(
            nil,
            size,
            PROT_READ | PROT_WRITE,
            MAP_SHARED,
            descriptor.raw,
            0
        )
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError.last("mmap", "the map of the fence")
        }
        // Invariant: the map has one value of this type at the beginning of its first page.
        unsafe times = address.assumingMemoryBound(to: hb_fence_times.self)
        self.descriptor = descriptor
    }

    deinit {
        unsafe munmap(times, size)
    }

    /// Closed, and ready for an activation that was decided then: what was dropped before counts no
    /// more.
    package func begin(decidedAt decision: Instant) {
        close()
        unsafe hb_fence_store(&times.pointee.decision, UInt64(clamping: decision.nanoseconds))
    }

    /// An instant that is past is harmless: the fence stays closed. So does one that is latched.
    package func open(until end: Instant) {
        unsafe hb_fence_store(&times.pointee.deadline, UInt64(clamping: end.nanoseconds))
    }

    /// When this returns no further packet passes.
    package func close() { unsafe hb_fence_store(&times.pointee.deadline, 0) }

    package var end: Instant {
        Instant(nanoseconds: Int64(clamping: unsafe hb_fence_load(&times.pointee.deadline)))
    }

    /// A probe was dropped since the activation was decided: nothing passes until the next one.
    package var isLatched: Bool {
        unsafe hb_fence_load(&times.pointee.latch) > hb_fence_load(&times.pointee.decision)
    }
}
