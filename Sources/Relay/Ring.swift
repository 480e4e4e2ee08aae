internal import CLiburing
internal import Glibc
internal import LinuxIO

/// One worker's io_uring: requests are queued and handed to the kernel together, once a turn.
///
/// Plain old data behind a pointer. Opened, used and closed by one thread: what is left of a closed
/// ring interrupts system calls of the thread that opened it.
@safe struct Ring {
    /// A send that was queued and has not been handed to the kernel: until then its buffer is the
    /// ring's no more and not yet free.
    struct Flight {
        var session: UInt32
        var generation: UInt32
        /// Whom it is sent to.
        var which: Which
        var buffer: UInt16
        var count: UInt32
    }

    private let ring: UnsafeMutablePointer<hb_ring>
    let flights: UnsafeMutablePointer<Flight>
    var flightCount = 0
    /// Memory behind the provided buffers may be in use.
    var holdsMemory = false

    init() throws(SystemError) {
        unsafe ring = .allocate(capacity: 1)
        let result = unsafe hb_ring_open(
            ring,
            RelayLimits.ringRequests,
            RelayLimits.ringCompletions,
            RelayLimits.ringBuffers,
            UInt32(RelayLimits.ringBufferBytes)
        )
        guard result == 0 else {
            unsafe ring.deallocate()
            throw SystemError("io_uring", errno: -result)
        }
        // A flight has a provided buffer, so there are never more.
        unsafe flights = .allocate(capacity: Int(RelayLimits.ringBuffers))
    }

    func close() {
        unsafe hb_ring_close(ring)
        unsafe ring.deallocate()
        unsafe flights.deallocate()
    }

    /// Gives back the memory that data was received into, which nobody needs any more.
    mutating func trim() {
        unsafe hb_ring_trim(ring)
        holdsMemory = false
    }

    // What is queued.

    func pollOnce(_ descriptor: Int32, _ events: UInt32, _ token: Token) {
        unsafe hb_ring_poll_once(ring, descriptor, events, token.rawValue)
    }

    func pollEdges(_ descriptor: Int32, _ events: UInt32, _ token: Token) {
        unsafe hb_ring_poll_edges(ring, descriptor, events, token.rawValue)
    }

    @inline(__always)
    func receive(_ descriptor: Int32, _ token: Token) {
        unsafe hb_ring_receive(ring, descriptor, token.rawValue)
    }

    @inline(__always)
    mutating func send(_ flight: Flight, to descriptor: Int32, _ token: Token) {
        unsafe hb_ring_send(
            ring,
            descriptor,
            buffer(flight.buffer),
            Int(flight.count),
            token.rawValue
        )
        unsafe (flights + flightCount).initialize(to: flight)
        flightCount += 1
    }

    func cancel(_ target: Token) {
        unsafe hb_ring_cancel(ring, target.rawValue, Token(.ignored, index: 0).rawValue)
    }

    func close(_ descriptor: Int32) {
        unsafe hb_ring_close_descriptor(ring, descriptor, Token(.ignored, index: 0).rawValue)
    }

    // The kernel's turn.

    /// Hands over what is queued and waits for something to happen.
    /// - Parameter milliseconds: at most; negative: for ever
    func wait(milliseconds: Int64) {
        Self.check(unsafe hb_ring_wait(ring, milliseconds))
    }

    /// Hands over what is queued. Sends are done when it returns.
    func submit() {
        Self.check(unsafe hb_ring_submit(ring))
    }

    /// Hands over what is queued, and lets cancelled requests let go of their descriptors.
    func settle() {
        Self.check(unsafe hb_ring_settle(ring))
    }

    /// Nothing in time, or a signal, with nothing left to hand over.
    private static func check(_ result: Int32) {
        precondition(
            result >= 0 || [EINTR, ETIME, EAGAIN, EBUSY, ENOMEM].contains(-result),
            "io_uring_enter failed on a ring of ours"
        )
    }

    // Completions.

    var completions: UInt32 { unsafe hb_ring_ready(ring) }

    @inline(__always)
    func completion(_ offset: UInt32) -> UnsafeMutablePointer<io_uring_cqe> {
        // Never nil for an offset below `completions`.
        unsafe hb_ring_completion(ring, offset)
    }

    func advance(_ count: UInt32) {
        unsafe hb_ring_advance(ring, count)
    }

    // Provided buffers.

    @inline(__always)
    func buffer(_ number: UInt16) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(hb_ring_buffer(ring, UInt32(number)))
    }

    @inline(__always)
    func give(back number: UInt16) {
        unsafe hb_ring_give(ring, UInt32(number))
    }
}

typealias RingPointer = UnsafeMutablePointer<Ring>
