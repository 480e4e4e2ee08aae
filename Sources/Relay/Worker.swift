internal import BalancerCore
internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization

/// One relay thread: its loop, its sessions, and the mailbox that others reach it by.
///
/// Unchecked: what is not a constant or behind a lock is touched by the worker's own thread only,
/// or before that thread starts and after it was joined.
@safe final class Worker: @unchecked Sendable {
    struct Acceptor {
        var listener: BoundListener
        /// In its frontend, from 0.
        var number: Int
        var acceptsProxy: Bool
        /// Its name in events. New with each place in `acceptors` that the listener gets.
        var token: Token
        /// The engine will tell when a connection comes.
        var isWatched = false
        /// Connections wait in the kernel's backlog.
        var isPaused = false
    }

    let number: Int
    let state: WorkerPointer
    let admission: Admission
    private let pulses: PulseBoard
    let board: SessionBoard
    let wake: EventDescriptor
    let records = Mutex<[SessionRecord]>([])
    /// Takes what connects say about a server's health.
    let weigh: ConnectWeighing
    private let epoll: OwnedDescriptor?
    private let mailbox = Mutex<[Order]>([])
    /// Servers for sessions of this worker that waited, each with the slot of its backend. As many
    /// as there are sessions at the most.
    private let grants = Mutex<[(grant: Grant, backend: Int)]>([])
    /// Servers whose sessions are to be reset, and why. Beside the mailbox, which is bounded: all
    /// servers may go down at once.
    private let closings = Mutex<[ServerPlace: TerminationCode.Cause]>([:])
    private let thread = Mutex<Thread?>(nil)
    /// All workers, to wake those that wait for a session to end.
    var siblings: [Unowned] = []

    // Of the worker's own thread.
    var isRunning = false
    var acceptors: [Acceptor] = []
    var acceptorGeneration: UInt32 = 0
    var frontends: [Installation.Frontend?]
    var backends: [BackendPlan?]
    var virtualSources: [VirtualSource] = []
    /// Of the sessions of `accept-proxy` listeners, by their place in the slab.
    var introductions: [UInt32: Introduction] = [:]
    /// One line of the log for each time it runs out, not for each connection that waits.
    var isExhaustionKnown = false

    /// A sibling that lives as long as the engine does, as this worker itself.
    struct Unowned {
        unowned let worker: Worker
    }

    init(
        number: Int,
        admission: Admission,
        pulses: PulseBoard,
        capacity: Int,
        engine: EngineKind,
        weigh: @escaping ConnectWeighing
    ) throws(SystemError) {
        var raw: Int32 = -1
        if engine == .epoll {
            let opened = try Self.openEpoll()
            raw = opened.raw
            epoll = consume opened
        } else {
            epoll = nil
        }
        wake = try EventDescriptor()
        let state = try WorkerState(epoll: raw, capacity: capacity)
        self.number = number
        self.admission = admission
        self.pulses = pulses
        self.weigh = weigh
        board = try SessionBoard(capacity: capacity)
        unsafe self.state = .allocate(capacity: 1)
        unsafe self.state.initialize(to: state)
        frontends = Array(repeating: nil, count: RelayLimits.names)
        backends = Array(repeating: nil, count: RelayLimits.names)
    }

    private static func openEpoll() throws(SystemError) -> OwnedDescriptor {
        OwnedDescriptor(
            adopting: try SystemCall.run("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        )
    }

    deinit {
        unsafe state.pointee.deallocate()
        unsafe state.deallocate()
    }

    func start() throws(SystemError) {
        try thread.withLock { thread throws(SystemError) in
            thread = try Thread.start(name: "relay-\(number)") { [self] in run() }
        }
    }

    /// Waits for the thread to end, after `.stop` was sent.
    func join() {
        if let thread = thread.withLock({ $0.take() }) { thread.join() }
    }

    /// Any thread. False when the worker has not taken its orders for so long that the mailbox is
    /// full.
    func send(_ order: Order) -> Bool {
        let isAccepted = mailbox.withLock { orders in
            guard orders.count < RelayLimits.mailbox else { return false }
            orders.append(order)
            return true
        }
        if isAccepted { wake.signal() }
        return isAccepted
    }

    /// Any thread: a session that waited has a server.
    func receive(_ grant: Grant, backend: Int) {
        grants.withLock { $0.append((grant, backend)) }
        wake.signal()
    }

    /// Any thread: resets the sessions of a server.
    func close(_ server: ServerPlace, _ cause: TerminationCode.Cause) {
        closings.withLock { $0[server] = cause }
        wake.signal()
    }

    /// Any thread.
    func drainRecords() -> [SessionRecord] {
        records.withLock { records in
            let drained = records
            records = []
            return drained
        }
    }

    private func run() {
        if let ring = unsafe state.pointee.ring { unsafe openRing(ring) }
        unsafe state.pointee.publishPools()
        isRunning = true
        for index in acceptors.indices { watch(index) }
        if let ring = unsafe state.pointee.ring { unsafe runRing(ring) } else { runEpoll() }
        // Before the engine returns nobody listens any more: the next one may bind.
        for acceptor in acceptors { forget(acceptor) }
        acceptors = []
        unsafe forEachSession { unsafe finish($0, TerminationCode(.killed, .data), resets: true) }
        if let ring = unsafe state.pointee.ring {
            // The last closes, and what the ring still holds open.
            unsafe ring.pointee.settle()
            unsafe ring.pointee.close()
        }
    }

    /// Before the events of a turn of the loop.
    @inline(__always)
    func beginTurn() {
        unsafe state.pointee.readClock()
        unsafe pulses.beat(number, nanoseconds: state.pointee.now)
    }

    /// After them.
    /// - Parameter events: how many there were
    func endTurn(events: Int) {
        runReady()
        runTimers()
        unsafe state.pointee.publish(events: events)
        if unsafe state.pointee.now >= state.pointee.exhaustedUntil { resumeAccepting() }
    }

    /// Orders have come, or a place for a session is free.
    @inline(never)
    func takeMail() {
        wake.drain()
        unsafe hb_counter_add(&state.pointee.counters.pointee.mails, 1)
        takeOrders()
        resumeAccepting()
    }

    /// Another turn for the sessions that had more data than one turn allows.
    private func runReady() {
        // Those that have still more are queued behind `last` and wait for the next turn.
        let last = unsafe state.pointee.readyTail
        var current = SessionSlab.none
        while current != last, unsafe state.pointee.readyHead != SessionSlab.none {
            current = unsafe state.pointee.readyHead
            let session = unsafe state.pointee.slab.base + Int(current)
            unsafe unqueueReady(state, session)
            let progress = unsafe relayBoth(state, session)
            if progress != .goesOn { unsafe finish(session, after: progress) }
        }
    }

    private func runTimers() {
        while let index = unsafe state.pointee.wheel.nextDue(until: state.pointee.tick) {
            unsafe lookAt(state.pointee.slab.base + Int(index))
        }
    }

    /// Milliseconds that the engine may sleep; -1 for ever.
    func sleepTime() -> Int32 {
        if unsafe state.pointee.readyHead != SessionSlab.none { return 0 }
        var sleep = Int64.max
        if let next = unsafe state.pointee.wheel.nextTick() {
            let ticks = unsafe Int32(bitPattern: next &- state.pointee.tick)
            sleep = max(Int64(ticks) * Int64(TimerWheel.millisecondsPerTick), 1)
        }
        if unsafe state.pointee.exhaustedUntil != .max {
            sleep = min(sleep, RelayLimits.exhaustionPauseMilliseconds)
        }
        if unsafe state.pointee.pulseInterval > 0 {
            sleep = unsafe min(sleep, state.pointee.pulseInterval)
        }
        return sleep == .max ? -1 : Int32(clamping: sleep)
    }

    func forEachSession(_ body: (SessionPointer) -> Void) {
        for index in unsafe 0..<Int(state.pointee.slab.touched) {
            let session = unsafe state.pointee.slab.base + index
            if unsafe session.pointee.phase != .free { unsafe body(session) }
        }
    }

    private func takeOrders() {
        let orders = mailbox.withLock { orders in
            let taken = orders
            orders.removeAll(keepingCapacity: true)
            return taken
        }
        for order in orders { carryOut(order) }
        let closings = closings.withLock { closings in
            let taken = closings
            if !taken.isEmpty { closings = [:] }
            return taken
        }
        if !closings.isEmpty { closeSessions(of: closings) }
        let grants = grants.withLock { grants in
            let taken = grants
            if !taken.isEmpty { grants = [] }
            return taken
        }
        for (grant, backend) in grants { take(grant, backend: backend) }
    }

    private func carryOut(_ order: Order) {
        switch order {
        case .install(let installation, let answers):
            install(installation)
            answers.give(acceptors.count)
        case .reset(let local, let answers):
            answers.give(resetSessions(local: local))
        case .list(let answers):
            answers.give(listSessions())
        case .end(let id, let answers):
            answers.give(endSession(id))
        case .stop:
            unsafe state.pointee.isStopping = true
        }
    }

    /// Takes over a plan. Before the thread starts, or on it.
    func install(_ plan: Installation) {
        for frontend in plan.frontends {
            frontends[frontend.entry.slot] = frontend
            unsafe state.pointee.frontends[frontend.entry.slot] = frontend.settings
        }
        for backend in plan.backends {
            backends[backend.slot] = backend.plan
            // Mapped by the engine before it sent the plan.
            unsafe precondition(
                state.pointee.backends[backend.slot].servers != nil,
                "a backend without counters"
            )
            unsafe state.pointee.backends[backend.slot].adopt(backend.plan)
        }
        virtualSources = plan.virtualSources
        unsafe state.pointee.pulseInterval =
            plan.pulseInterval.map { max(1, $0.milliseconds) } ?? 0
        unsafe state.pointee.splicesBulk = plan.splicesBulk
        unsafe state.pointee.streamsAfter = plan.streamsAfter
        replaceListeners(by: plan.listeners)
    }
}
