internal import CLibbpf
internal import Glibc
package import LinuxIO
package import Primitives

/// Until when the kernel lets traffic of the virtual addresses through: one number in memory that
/// kernel, heart and guardian share. To change it takes one store, no system call and no lock.
///
/// It is closed until it is opened, and closes by itself.
@safe package final class FenceDeadline: @unchecked Sendable {
    // Unchecked: the number is written and read as a whole.
    private let word: UnsafeMutablePointer<UInt64>
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
        // Invariant: the map has one value of 8 bytes at the beginning of its first page.
        unsafe word = address.assumingMemoryBound(to: UInt64.self)
        self.descriptor = descriptor
    }

    deinit {
        unsafe munmap(word, size)
    }

    /// An instant that is past is harmless: the fence stays closed.
    package func open(until end: Instant) {
        unsafe hb_fence_store(word, UInt64(clamping: end.nanoseconds))
    }

    /// When this returns no further packet passes.
    package func close() { unsafe hb_fence_store(word, 0) }

    package var end: Instant {
        Instant(nanoseconds: Int64(clamping: unsafe hb_fence_load(word)))
    }
}
