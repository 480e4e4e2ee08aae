internal import Glibc
package import LinuxIO

/// The sessions of one worker: mapped memory of which no more is kept than its highest session
/// needs.
///
/// The lowest free slot is used first, so that the sessions of a peak leave room that can be given
/// back to the kernel. Generations come from one counter of the slab and not from the slots, so
/// that memory given back forgets nothing.
@safe package struct SessionSlab {
    package static let none: UInt32 = .max

    package let base: SessionPointer
    let capacity: UInt32
    /// All slots in use lie below; those above were never touched, or were given back.
    package private(set) var touched: UInt32 = 0
    package private(set) var used: UInt32 = 0
    /// A bit for each slot below `touched` that is in use.
    private let occupied: UnsafeMutablePointer<UInt64>
    /// No word of `occupied` before this one has a zero.
    private var firstWithRoom = 0
    private var generation: UInt32 = 0

    package init(capacity: Int) throws(SystemError) {
        precondition(capacity <= Token.indices, "an event cannot name that many sessions")
        self.capacity = UInt32(capacity)
        unsafe base = unsafe try mapMemory(bytes: capacity * MemoryLayout<Session>.stride)
            .bindMemory(to: Session.self, capacity: capacity)
        unsafe occupied = unsafe try mapMemory(bytes: Self.words(capacity) * 8)
            .bindMemory(to: UInt64.self, capacity: Self.words(capacity))
    }

    private static func words(_ capacity: Int) -> Int { (capacity + 63) / 64 }

    package func unmap() {
        unsafe unmapMemory(base, bytes: Int(capacity) * MemoryLayout<Session>.stride)
        unsafe unmapMemory(occupied, bytes: Self.words(Int(capacity)) * 8)
    }

    /// A free slot with a generation of its own and both sides empty; `nil` when all are in use.
    package mutating func take() -> UInt32? {
        guard used < capacity else { return nil }
        // Terminates: a slot is free, and beyond `touched` all bits are zero.
        while unsafe occupied[firstWithRoom] == .max { firstWithRoom += 1 }
        let bit = unsafe (~occupied[firstWithRoom]).trailingZeroBitCount
        unsafe occupied[firstWithRoom] |= 1 << UInt64(bit)
        let index = UInt32(firstWithRoom * 64 + bit)
        precondition(index < capacity, "the last word of the slab has a free slot too many")
        touched = max(touched, index + 1)
        used += 1
        unsafe base[Int(index)] = Session(
            client: .empty,
            server: .empty,
            timerNext: Self.none,
            timerPrevious: Self.none,
            timerTick: 0,
            readyNext: Self.none,
            readyPrevious: Self.none,
            generation: nextGeneration(),
            acceptedAt: 0,
            connectMicroseconds: .max,
            serverSlot: .max,
            frontend: 0,
            backend: .max,
            timerSlot: 0,
            phase: .connecting,
            retries: 0,
            flags: [],
            calm: 0,
            waitedForServer: false,
            clientAddress: .none,
            queuedMilliseconds: 0,
            queuePosition: 0,
            serverAddress: .none
        )
        return index
    }

    /// A number that no session has had since it last wrapped.
    mutating func nextGeneration() -> UInt32 {
        generation &+= 1
        return generation
    }

    package mutating func give(back index: UInt32) {
        let session = unsafe base + Int(index)
        unsafe precondition(session.pointee.phase != .free, "a session was freed twice")
        unsafe session.pointee.phase = .free
        let word = Int(index / 64)
        unsafe occupied[word] &= ~(1 << UInt64(index % 64))
        firstWithRoom = min(firstWithRoom, word)
        used -= 1
        if touched > RelayLimits.slabSlack, used < touched / 4 { trim() }
    }

    /// Gives the memory above the highest session back.
    private mutating func trim() {
        var words = Self.words(Int(touched))
        while words > 0, unsafe occupied[words - 1] == 0 { words -= 1 }
        let end = UInt32(words * 64)
        guard end < touched / 2 else { return }
        let stride = MemoryLayout<Session>.stride
        let page = Int(getpagesize())
        let from = (Int(end) * stride + page - 1) / page * page
        let to = (Int(touched) * stride + page - 1) / page * page
        // Whole pages of the mapping that only free slots lie in. The memory reads as zero then:
        // phase `free`, a generation that no session has.
        let memory = unsafe UnsafeMutableRawPointer(base)
        if to > from { unsafe madvise(memory + from, to - from, MADV_DONTNEED) }
        touched = end
    }

    @inline(__always)
    func index(of session: SessionPointer) -> UInt32 {
        unsafe UInt32(truncatingIfNeeded: session - base)
    }
}

/// Zeroed memory that costs nothing until it is touched.
func mapMemory(bytes: Int) throws(SystemError) -> UnsafeMutableRawPointer {
    let memory = unsafe mmap(
        nil,
        bytes,
        PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
        -1,
        0
    )
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
        throw .last("mmap", "\(bytes) bytes")
    }
    // A huge page would make the first byte cost 2 MiB.
    unsafe madvise(memory, bytes, MADV_NOHUGEPAGE)
    return unsafe memory
}

func unmapMemory(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    unsafe precondition(munmap(memory, bytes) == 0, "unmapped what was not mapped")
}
