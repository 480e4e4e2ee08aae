internal import CLinux
internal import Glibc

/// The pipes that a worker splices through. A direction has one only while data is in it.
@safe struct PipePool {
    struct Pipe {
        var readEnd: Int32
        var writeEnd: Int32
    }

    let pipes: UnsafeMutablePointer<Pipe>
    /// Numbers of pipes that are open, empty and unused: `free[0..<freeCount]`.
    private let free: UnsafeMutablePointer<Int16>
    private var freeCount: Int32 = 0
    /// Numbers that have no pipe: `closed[0..<closedCount]`.
    private let closed: UnsafeMutablePointer<Int16>
    private var closedCount: Int32

    var open: Int32 { RelayLimits.pipes - closedCount }
    /// Those with data in them.
    var used: Int32 { open - freeCount }

    init() {
        let capacity = Int(RelayLimits.pipes)
        unsafe pipes = .allocate(capacity: capacity)
        unsafe pipes.initialize(repeating: Pipe(readEnd: -1, writeEnd: -1), count: capacity)
        unsafe free = .allocate(capacity: capacity)
        unsafe free.initialize(repeating: -1, count: capacity)
        unsafe closed = .allocate(capacity: capacity)
        for number in 0..<capacity { unsafe (closed + number).initialize(to: Int16(number)) }
        closedCount = RelayLimits.pipes
    }

    /// The number of an empty pipe; `nil` when all are in use or no descriptors are left: copy
    /// then.
    mutating func take() -> Int16? {
        if freeCount > 0 {
            freeCount -= 1
            return unsafe free[Int(freeCount)]
        }
        guard closedCount > 0 else { return nil }
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe hb_pipe2(
                bytes.baseAddress?.assumingMemoryBound(to: Int32.self),
                O_NONBLOCK | O_CLOEXEC
            )
        }
        guard result == 0 else { return nil }
        // Refused above the user's limit of pipe pages: a pipe of 64 KiB is slower, not wrong.
        _ = hb_pipe_resize(ends.0, RelayLimits.pipeBytes)
        closedCount -= 1
        let number = unsafe closed[Int(closedCount)]
        unsafe pipes[Int(number)] = Pipe(readEnd: ends.0, writeEnd: ends.1)
        return number
    }

    /// Takes back an empty pipe.
    mutating func give(back number: Int16) {
        unsafe free[Int(freeCount)] = number
        freeCount += 1
    }

    /// Takes back a pipe that still has data in it, which is dropped.
    mutating func discard(_ number: Int16) {
        unsafe hb_close(pipes[Int(number)].readEnd)
        unsafe hb_close(pipes[Int(number)].writeEnd)
        unsafe closed[Int(closedCount)] = number
        closedCount += 1
    }

    /// After the last pipe was given back.
    mutating func deallocate() {
        while freeCount > 0 {
            freeCount -= 1
            unsafe discard(free[Int(freeCount)])
        }
        precondition(closedCount == RelayLimits.pipes, "a pipe is still in use")
        unsafe pipes.deallocate()
        unsafe free.deallocate()
        unsafe closed.deallocate()
    }
}
