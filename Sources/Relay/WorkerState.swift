internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives

/// All that the hot path of one worker touches. Plain old data behind one pointer, used by its
/// thread only (counters are read by others).
@safe struct WorkerState {
    /// -1 with io_uring.
    let epoll: Int32
    /// `nil` with epoll. Open while the worker's thread runs.
    let ring: RingPointer?
    var slab: SessionSlab
    var wheel: TimerWheel
    var buffers: BufferPool
    var pipes: PipePool
    /// Sessions that had more data than one turn allows.
    var readyHead = SessionSlab.none
    var readyTail = SessionSlab.none
    /// The clock of this turn: nanoseconds, and milliseconds since the worker's start (wraps).
    var now: Int64
    var milliseconds: UInt32 = 0
    /// The clock of the wheel. Not made from `milliseconds`, which wraps too early.
    var tick: UInt32 = 0
    let startedAt: Int64
    var splicesBulk: Bool
    /// A session streams after so many small pieces of data in a row (io_uring).
    var streamsAfter = RelayLimits.calmStart
    /// In milliseconds; 0 for none.
    var pulseInterval: Int64 = 0
    /// Until when it does not accept, having run out of descriptors; `.max`: it has not.
    var exhaustedUntil = Int64.max
    var isStopping = false
    /// By slot: `RelayLimits.names` of each.
    let frontends: UnsafeMutablePointer<FrontendSettings>
    let backends: UnsafeMutablePointer<BackendSettings>
    let frontendTraffic: TrafficPointer
    let backendTraffic: TrafficPointer
    let counters: UnsafeMutablePointer<WorkerCounters>

    /// - Parameters:
    ///   - epoll: the descriptor, which stays the caller's; -1: io_uring
    init(epoll: Int32, capacity: Int) throws(SystemError) {
        self.epoll = epoll
        unsafe ring = epoll < 0 ? .allocate(capacity: 1) : nil
        now = Instant.now.nanoseconds
        startedAt = now
        slab = try SessionSlab(capacity: capacity)
        wheel = unsafe TimerWheel(sessions: slab.base, tick: 0)
        buffers = BufferPool()
        pipes = PipePool()
        splicesBulk = true
        unsafe frontends = unsafe Self.table(FrontendSettings())
        unsafe backends = unsafe Self.table(BackendSettings())
        unsafe frontendTraffic = unsafe Self.table(TrafficCounters())
        unsafe backendTraffic = unsafe Self.table(TrafficCounters())
        unsafe counters = .allocate(capacity: 1)
        unsafe counters.initialize(to: WorkerCounters())
    }

    private static func table<Row>(_ row: Row) -> UnsafeMutablePointer<Row> {
        let rows = UnsafeMutablePointer<Row>.allocate(capacity: RelayLimits.names)
        unsafe rows.initialize(repeating: row, count: RelayLimits.names)
        return unsafe rows
    }

    mutating func deallocate() {
        precondition(slab.used == 0, "a session is still open")
        unsafe ring?.deallocate()
        wheel.deallocate()
        buffers.deallocate()
        pipes.deallocate()
        slab.unmap()
        for index in 0..<RelayLimits.names {
            guard let servers = unsafe backends[index].servers else { continue }
            unsafe unmapServerTraffic(servers)
        }
        unsafe frontends.deallocate()
        unsafe backends.deallocate()
        unsafe frontendTraffic.deallocate()
        unsafe backendTraffic.deallocate()
        unsafe counters.deallocate()
    }

    /// What others may know of a turn that ends.
    @inline(__always)
    func publish(events: Int) {
        unsafe hb_counter_add(&counters.pointee.turns, 1)
        if events > 0 { unsafe hb_counter_add(&counters.pointee.eventTurns, 1) }
        publishPools()
    }

    @inline(__always)
    func publishPools() {
        unsafe hb_counter_set(&counters.pointee.slots, UInt64(slab.touched))
        unsafe hb_counter_set(&counters.pointee.usedSlots, UInt64(slab.used))
        unsafe hb_counter_set(&counters.pointee.buffers, UInt64(buffers.allocated))
        unsafe hb_counter_set(&counters.pointee.usedBuffers, UInt64(buffers.held))
        unsafe hb_counter_set(&counters.pointee.pipes, UInt64(pipes.open))
        unsafe hb_counter_set(&counters.pointee.usedPipes, UInt64(pipes.used))
    }

    @inline(__always)
    mutating func readClock() {
        now = Instant.now.nanoseconds
        let elapsed = UInt64(bitPattern: now &- startedAt) / 1_000_000
        milliseconds = UInt32(truncatingIfNeeded: elapsed)
        tick = UInt32(truncatingIfNeeded: elapsed / UInt64(TimerWheel.millisecondsPerTick))
    }
}

typealias WorkerPointer = UnsafeMutablePointer<WorkerState>
