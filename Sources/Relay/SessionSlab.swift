internal import Glibc
package import LinuxIO

/// The sessions of one worker: mapped memory that is touched only as far as it was ever needed.
///
/// Freed slots are used again last in, first out. Generations come from one counter of the slab and
/// not from the slots, so that memory given back to the kernel forgets nothing.
@safe package struct SessionSlab {
    package static let none: UInt32 = .max

    package let base: SessionPointer
    let capacity: UInt32
    /// Slots that were used at least once: all slots in use lie below.
    private(set) var touched: UInt32 = 0
    package private(set) var used: UInt32 = 0
    private var free = SessionSlab.none
    private var generation: UInt32 = 0

    package init(capacity: Int) throws(SystemError) {
        precondition(capacity <= Token.indices, "an event cannot name that many sessions")
        self.capacity = UInt32(capacity)
        unsafe base = unsafe try mapMemory(bytes: capacity * MemoryLayout<Session>.stride)
            .bindMemory(to: Session.self, capacity: capacity)
    }

    package func unmap() {
        unsafe unmapMemory(base, bytes: Int(capacity) * MemoryLayout<Session>.stride)
    }

    /// A free slot with a generation of its own and both sides empty; `nil` when all are in use.
    package mutating func take() -> UInt32? {
        var index = free
        if index != Self.none {
            free = unsafe base[Int(index)].timerNext
        } else {
            guard touched < capacity else { return nil }
            index = touched
            touched += 1
        }
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
            clientAddress: .none,
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
        unsafe session.pointee.timerNext = free
        free = index
        used -= 1
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
    return unsafe memory
}

func unmapMemory(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    unsafe precondition(munmap(memory, bytes) == 0, "unmapped what was not mapped")
}
