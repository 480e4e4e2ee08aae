internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// What other threads of the daemon put into the heart's mailbox.
enum Mail {
    case order(Order)
    case readiness(NodeReadiness)
    case epochsReserved(UInt64)
    case arbiter(ArbiterAnswer, ArbiterRequest)
}

/// One life of a daemon's heart: the loop of `Heart`, cut into steps between which it can be
/// stopped, delayed or killed.
///
/// It owns the very types that ship and drives them in the order in which `HeartLoop` and
/// `VIPDriver` do: rails, what was heard on the segment, the node's deadline with the lease,
/// netlink, mailbox, the driver's deadline, the node's deadline, all with the time that was read
/// last.
final class SimulatedHeart {
    /// What one step asks of the world.
    enum Step {
        /// Nothing of it left this process.
        case thought
        case directive(Directive)
        case announce(Announcement)
        case apply(AddressOperation)
        case writeWill(Beat)
        case report(VIPEvent)
        case heard(Datagram, wasAccepted: Bool)
        /// The work is done: until the next wake-up.
        case idle
    }

    /// A place in the code that is being run; the last one is where it stands.
    enum Frame {
        case turn(Turn)
        case give(Give)
        case drive(Drive)
        case writeWill
    }

    struct Turn {
        enum Stage { case rails, segment, lease, netlink, mailbox, tick, timer }
        var stage = Stage.rails
        var rail = 0
        var taken = 0
        var readsNetlink: Bool
        var requests: [Mail]
        var request = 0
    }

    /// `HeartLoop.give`
    struct Give {
        var events: [Event]
        var position = 0
        var directives: [Directive] = []
        var next = 0
    }

    /// `VIPDriver.perform`
    struct Drive {
        var queue: [ReconcilerDirective]
        var position = 0
        var told: KernelBatch = []
        var toldPosition = 0
        var reports: [VIPEvent] = []
        var batches = 0
    }

    static let datagramLimit = 512
    static let batchLimit = 256
    static let socketLimit = 256

    var node: Node
    var reconciler: AddressReconciler
    let life: Int
    let mutation: Mutation?
    let authenticator = SimulatedAuthenticator()
    let startedAt: Instant
    /// On the host's clock: when a datagram of the peer was last believed.
    var heardAt: Instant?
    /// The highest epoch that a believed datagram carried.
    var heardEpoch: UInt64 = 0
    var sockets: [[Datagram]]
    /// What its packet socket has heard.
    var heard: [SegmentNews] = []
    /// Until when the fence may be open, by the last beat.
    var leaseEnd = Instant.zero
    /// The addresses are there, and the fence was opened.
    var isOpen = false
    /// When it was opened, a probe had been dropped since the decision.
    var isLatched = false
    var mailbox: [Mail] = []
    var readiness = NodeReadiness()
    var writtenWill: Beat?
    var hasExited = false
    /// The node was told something since this was looked at last.
    var hasThought = false
    var generation = 0
    var turnsAtThisInstant = 0
    var lastTurnAt = Instant.zero

    var stack: [Frame] = []
    /// The time of the turn.
    var now: Instant

    init(
        _ settings: PairSettings,
        addresses: [VirtualAddress],
        identity: (boot: UInt64, nonce: UInt64),
        reservedEpoch: UInt64,
        inMaintenance: Bool,
        peerMAC: MACAddress?,
        life: Int,
        mutation: Mutation?,
        now: Instant
    ) {
        node = Node(
            settings,
            bootID: identity.boot,
            nonce: identity.nonce,
            reservedEpoch: reservedEpoch,
            inMaintenance: inMaintenance,
            now: now
        )
        // Without its own look at the lease a node behaves as one that has none.
        node.setFence(mutation == .ignoresBrokenLease ? .none : .deadline)
        if let peerMAC { node.setPeerMAC(peerMAC) }
        reconciler = AddressReconciler(addresses: addresses)
        self.life = life
        self.mutation = mutation
        self.now = now
        startedAt = now
        sockets = Array(repeating: [], count: settings.railCount)
        stack = [.drive(Drive(queue: reconciler.start(now: now)))]
    }

    var deadline: Instant { min(node.nextDeadline, reconciler.nextDeadline) }

    /// - Returns: whether a turn began: there is something to read, or a deadline has come.
    func beginTurn(_ kernel: SimulatedKernel, now: Instant) -> Bool {
        let hasNews =
            !kernel.readable.isEmpty || !mailbox.isEmpty || !heard.isEmpty
            || sockets.contains { !$0.isEmpty }
        guard !hasExited, hasNews || now >= deadline else { return false }
        turnsAtThisInstant = now == lastTurnAt ? turnsAtThisInstant + 1 : 0
        lastTurnAt = now
        self.now = now
        stack = [
            .turn(Turn(readsNetlink: !kernel.readable.isEmpty, requests: mailbox))
        ]
        mailbox = []
        return true
    }

    func step(_ kernel: inout SimulatedKernel, clock: Instant) -> Step {
        guard let frame = stack.popLast() else { return .idle }
        switch frame {
        case .turn(let turn): return step(turn, clock)
        case .give(let give): return step(give)
        case .drive(let drive): return step(drive, &kernel)
        case .writeWill:
            guard node.lastWill != writtenWill else { return .thought }
            writtenWill = node.lastWill
            return .writeWill(node.lastWill)
        }
    }

    private func step(_ before: Turn, _ clock: Instant) -> Step {
        var turn = before
        switch turn.stage {
        case .rails: return drain(turn, clock)
        case .segment:
            guard !heard.isEmpty else {
                turn.stage = .lease
                stack.append(.turn(turn))
                break
            }
            now = max(now, clock)
            stack.append(.turn(turn))
            give(.segment(heard.removeFirst()))
        case .lease:
            turn.stage = .netlink
            stack.append(.turn(turn))
            if now >= node.nextDeadline { give(.timer) }
        case .netlink:
            turn.stage = .mailbox
            stack.append(.turn(turn))
            if turn.readsNetlink { stack.append(.drive(Drive(queue: []))) }
        case .mailbox:
            guard turn.request < turn.requests.count else {
                turn.stage = .tick
                stack.append(.turn(turn))
                break
            }
            let request = turn.requests[turn.request]
            turn.request += 1
            stack.append(.turn(turn))
            take(request)
        case .tick:
            turn.stage = .timer
            stack.append(.turn(turn))
            guard now >= reconciler.nextDeadline else { break }
            stack.append(.drive(Drive(queue: reconciler.handle(.tick, now: now))))
        case .timer:
            guard now >= node.nextDeadline else { break }
            give(.timer)
        }
        return .thought
    }

    private func drain(_ before: Turn, _ clock: Instant) -> Step {
        var turn = before
        guard turn.rail < sockets.count else {
            turn.stage = .segment
            stack.append(.turn(turn))
            return .thought
        }
        guard turn.taken < Self.datagramLimit, !sockets[turn.rail].isEmpty else {
            turn.rail += 1
            turn.taken = 0
            stack.append(.turn(turn))
            return .thought
        }
        turn.taken += 1
        stack.append(.turn(turn))
        now = max(now, clock)
        return receive(sockets[turn.rail].removeFirst())
    }

    private func take(_ mail: Mail) {
        switch mail {
        case .order(let order): give(.order(order))
        case .readiness(let news):
            readiness = news
            give(.readiness(ownReadiness))
        case .epochsReserved(let epoch): give(.epochsReserved(epoch))
        case .arbiter(let answer, let request):
            give(.arbiter(answer, askedAt: request.askedAt))
        }
    }

    /// A fact that follows from the directive that is being carried out.
    func addEvent(_ event: Event) {
        guard case .give(var give) = stack.last else {
            preconditionFailure("a directive outside of a give")
        }
        give.events.append(event)
        stack[stack.count - 1] = .give(give)
    }

    /// Begins `HeartLoop.give`: the node takes the fact in at once, its directives follow.
    func give(_ event: Event) {
        stack.append(.give(Give(events: [event])))
    }

    /// What the others told, with the links as the kernel tells them.
    var ownReadiness: NodeReadiness {
        var merged = readiness
        merged.linkIsUp = reconciler.addresses.allSatisfy {
            reconciler.view.link(named: $0.interface)?.isUsable ?? false
        }
        if mutation == .ignoresReadiness {
            merged.relayServes = true
            merged.serversUsable = true
        }
        return merged
    }
}
