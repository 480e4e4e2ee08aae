internal import CLinux
internal import Glibc
package import LinuxIO

/// Memory that the daemon and its guardian share: the daemon's last will, kept up to date by the
/// heart, and the mutex by which the guardian learns of the heart's death (`WillPage+Vigil`).
///
/// Two slots and a sequence word. The writer fills the slot that is not current and then switches,
/// so a daemon that dies in the middle of writing leaves the earlier will whole.
@safe package final class WillPage: @unchecked Sendable {
    // Unchecked: one thread of the daemon writes; the guardian reads through its own mapping.
    private static let size = 16 * 1024
    private static let vigilOffset = 64
    private static let slotOffset = vigilOffset + Int(HB_VIGIL_SIZE)
    private static let slotSize = (size - slotOffset) / 2

    private let base: UnsafeMutableRawPointer
    /// To be handed to the daemon when it is started.
    package let descriptor: OwnedDescriptor

    /// New and empty.
    package convenience init() throws(SystemError) {
        let raw = try SystemCall.run("memfd_create") {
            unsafe hb_memfd("ha-balancer-will", Self.size)
        }
        try self.init(adopting: OwnedDescriptor(adopting: raw))
        let error = unsafe hb_vigil_prepare(vigil)
        guard error == 0 else { throw SystemError("pthread_mutex_init", errno: error) }
    }

    /// The one behind a descriptor that the guardian handed over.
    package init(adopting descriptor: consuming OwnedDescriptor) throws(SystemError) {
        let address = unsafe mmap(
            nil,
            Self.size,
            PROT_READ | PROT_WRITE,
            MAP_SHARED,
            descriptor.raw,
            0
        )
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError.last("mmap", "the guardian's page")
        }
        unsafe base = address
        self.descriptor = descriptor
    }

    deinit {
        unsafe munmap(base, Self.size)
    }

    /// The number of the current slot is its lowest bit; 0 = nothing was written yet.
    private var word: UnsafeMutablePointer<UInt32> {
        unsafe base.assumingMemoryBound(to: UInt32.self)
    }

    /// `HB_VIGIL_SIZE` bytes behind the word, at a multiple of 64.
    var vigil: UnsafeMutableRawPointer { unsafe base + Self.vigilOffset }

    private func slot(_ number: UInt32) -> UnsafeMutableRawPointer {
        // Two slots of `slotSize` behind word and vigil: inside the mapping of `size` bytes.
        unsafe base + Self.slotOffset + Int(number & 1) * Self.slotSize
    }

    /// Replaces the will. Only the heart's thread calls it; it takes no lock and makes no system
    /// call.
    package func write(_ will: Will) {
        let bytes = Array(will.text.utf8)
        precondition(
            bytes.count + 4 <= Self.slotSize,
            "a will of more addresses than a pair may have"
        )
        let next = unsafe hb_page_load(word) &+ 1
        let target = unsafe slot(next)
        unsafe target.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
        unsafe (target + 4).copyMemory(from: bytes, byteCount: bytes.count)
        unsafe hb_page_store(word, next)
    }

    /// The will as it stood last; empty if none was written.
    package func read() -> Will {
        let current = unsafe hb_page_load(word)
        guard current != 0 else { return Will() }
        let source = unsafe slot(current)
        let count = unsafe Int(source.load(as: UInt32.self))
        guard count + 4 <= Self.slotSize else { return Will() }
        let bytes = unsafe UnsafeRawBufferPointer(start: source + 4, count: count)
        return unsafe Will(text: String(decoding: bytes, as: UTF8.self))
    }
}
