import Heartbeat
import PairControl
import Primitives

/// Two nodes, a network and two kernels on one virtual clock. Everything random comes from one
/// seed.
struct PairHarness {
    struct Host {
        var node: Node
        var settings: PairSettings
        var isUp = true
        /// What its kernel has: the truth that invariants are about.
        var holdsAddress = false
        var wantsAddress = false
        var answers: [(at: Instant, event: Event)] = []
        var announcements = 0
        var outcomes: [UInt32: OrderOutcome] = [:]
        var notices: [Notice] = []
        var hasExited = false
        var reservedEpoch: UInt64 = 0
        var storedMaintenance = false
        var readiness: NodeReadiness
        var addressFails = false
        var removalFails = false
        /// How often it was asked to remove the address.
        var releases = 0
        var will: Beat?
        /// What was stored last; the kernel lets traffic through below it.
        var lease: Instant?
        var suspensions = 0
        var sessionResets = 0
        var challenges = 0
        /// The process does nothing; what comes in waits in its sockets.
        var isStopped = false
        let mac: MACAddress
        /// What its disk has of the peer's interface.
        var storedPeer: MACAddress?
        /// The volleys that it sent.
        var questions: [SegmentQuestion] = []
        var isPowered = true
        var waiting: [Packet] = []
    }

    struct Packet {
        var at: Instant
        var to: Int
        var rail: Int
        var beat: Beat
    }

    var hosts: [Host] = []
    var now = Instant(nanoseconds: 1_000_000_000)
    var packets: [Packet] = []
    /// Chance in thousandths that a packet from host [0] or [1] is lost.
    var loss = [0, 0]
    var delayMilliseconds: ClosedRange<Int64> = 1...1
    /// Packets that the network has seen, for replays.
    var recorded: [Packet] = []
    /// Milliseconds with two holders, and with none.
    var doubleMilliseconds = 0
    var vacantMilliseconds = 0
    /// Milliseconds in which two kernels let traffic through.
    var doublePassing = 0
    /// The first of them.
    var doubleAt: Instant?
    /// Of earlier lives.
    var pastHistory: [(index: Int, transition: Node.Transition)] = []
    var lastEpoch: UInt64 = 0
    let fence: FenceKind
    /// Nothing of one host gets to the other on the segment of the virtual IP.
    var segmentIsCut = false
    /// Whether gateway and servers answer a host.
    var hearsWitnesses = [true, true]
    /// Answers broadcasts for the virtual IP, whoever holds it, and lets none through.
    var proxy: MACAddress?
    /// Whose MAC the fabric gives to broadcasts for the virtual IP, whoever holds it.
    var suppressed: MACAddress?
    /// Whether the node addresses are on the segment of the virtual IP.
    var resolvesPeers = true
    var arbiter = HarnessArbiter()
    private var random: SplitMix64

    init(
        seed: UInt64 = 1,
        rails: Int = 1,
        fence: FenceKind = .none,
        adjust: (inout PairSettings) -> Void = { _ in }
    ) {
        random = SplitMix64(state: seed)
        self.fence = fence
        let first = PairMember(name: "haproxy-node01", priority: 150, order: 0)
        let second = PairMember(name: "haproxy-node02", priority: 100, order: 1)
        for (own, peer) in [(first, second), (second, first)] {
            var settings = PairSettings(name: "galera-vip", own: own, peer: peer, railCount: rails)
            adjust(&settings)
            var readiness = NodeReadiness()
            readiness.relayServes = true
            readiness.linkIsUp = true
            readiness.serversUsable = true
            readiness.checksSettled = true
            var node = Node(
                settings,
                bootID: random.next(),
                nonce: random.next(),
                reservedEpoch: 0,
                inMaintenance: false,
                now: now
            )
            node.setFence(fence)
            let mac = MACAddress(0x0242_0A00_000A + UInt64(hosts.count))
            node.setVIPMAC(mac)
            hosts.append(
                Host(node: node, settings: settings, readiness: readiness, mac: mac)
            )
        }
        for index in hosts.indices { give(.readiness(hosts[index].readiness), to: index) }
    }

    /// The hosts whose kernel has the address.
    var holders: [Int] { hosts.indices.filter { hosts[$0].holdsAddress } }

    /// The hosts whose kernel has it and lets its traffic through.
    var passing: [Int] {
        holders.filter { fence != .deadline || (hosts[$0].lease ?? .zero) > now }
    }

    func role(_ index: Int) -> Role { hosts[index].node.state.role }

    mutating func give(_ event: Event, to index: Int) {
        guard hosts[index].isUp, !hosts[index].hasExited else { return }
        let directives = hosts[index].node.handle(event, now: now)
        for directive in directives { carryOut(directive, of: index) }
        // As the heart does: the guardian's copy is renewed with every change.
        hosts[index].will = hosts[index].node.lastWill
    }

    private mutating func carryOut(_ directive: Directive, of index: Int) {
        switch directive {
        case .send(let beat, let rail): transmit(beat, rail: rail, from: index)
        case .holdVIP:
            hosts[index].wantsAddress = true
            if hosts[index].addressFails {
                answer(.vipFailed("add address: Operation not permitted"), of: index)
            } else {
                hosts[index].holdsAddress = true
                answer(.vipHeld, of: index)
            }
        case .releaseVIP:
            hosts[index].releases += 1
            if hosts[index].removalFails {
                answer(.vipFailed("remove address: Operation not permitted"), of: index)
                break
            }
            hosts[index].wantsAddress = false
            hosts[index].holdsAddress = false
            answer(.vipReleased, of: index)
        case .suspendVIP:
            hosts[index].suspensions += 1
            hosts[index].holdsAddress = false
            answer(.vipReleased, of: index)
        case .renewLease(let end): hosts[index].lease = end
        case .ask(let question): ask(question, from: index)
        case .askArbiter(let request): ask(request, from: index)
        case .rememberPeer(let mac): hosts[index].storedPeer = mac
        case .announceVIP: hosts[index].announcements += 1
        case .resetSessions: hosts[index].sessionResets += 1
        case .reserveEpochs(let epoch):
            hosts[index].reservedEpoch = epoch
            answer(.epochsReserved(epoch), of: index)
        case .storeMaintenance(let isOn): hosts[index].storedMaintenance = isOn
        case .complete(let order, let outcome): hosts[index].outcomes[order] = outcome
        case .log(let notice): hosts[index].notices.append(notice)
        case .challengeSessions: hosts[index].challenges += 1
        case .exit: hosts[index].hasExited = true
        }
    }

    /// The segment and the other host's kernel answer.
    private mutating func ask(_ question: SegmentQuestion, from index: Int) {
        hosts[index].questions.append(question)
        if question.asksWitnesses, hearsWitnesses[index] { hear(.witness, index) }
        if let proxy, question.asksAll || question.peer == proxy { hear(.holder(proxy), index) }
        if let suppressed, question.asksAll { hear(.holder(suppressed), index) }
        let other = 1 - index
        guard !segmentIsCut, hosts[other].isPowered else { return }
        if question.resolvesPeer, resolvesPeers { hear(.peer(proxy ?? hosts[other].mac), index) }
        guard question.asksAll && proxy == nil || question.peer == hosts[other].mac else { return }
        hear(.claim(hosts[index].mac), other)
        if passing.contains(other) { hear(.holder(hosts[other].mac), index) }
    }

    private mutating func ask(_ request: ArbiterRequest, from index: Int) {
        let answer = arbiter.answer(to: request, from: index)
        hosts[index].answers.append(
            (now + arbiter.roundTrip, .arbiter(answer, askedAt: request.askedAt))
        )
    }

    mutating func hear(_ news: SegmentNews, _ index: Int) {
        hosts[index].answers.append((now + .milliseconds(1), .segment(news)))
    }

    private mutating func answer(_ event: Event, of index: Int) {
        hosts[index].answers.append((now + .milliseconds(1), event))
    }

    mutating func transmit(_ beat: Beat, rail: Int, from index: Int) {
        guard chance() >= loss[index] else { return }
        let delay =
            Int64(random.next() % UInt64(delayMilliseconds.count)) + delayMilliseconds.lowerBound
        packets.append(
            Packet(at: now + .milliseconds(delay), to: 1 - index, rail: rail, beat: beat)
        )
        if recorded.count < 4000 { recorded.append(packets[packets.count - 1]) }
    }

    mutating func chance() -> Int { Int(random.next() % 1000) }

    /// Lets time pass in steps of a millisecond.
    mutating func run(_ duration: Duration) {
        let end = now + duration
        while now < end {
            now = now + .milliseconds(1)
            let due = packets.filter { $0.at <= now }
            packets.removeAll { $0.at <= now }
            for packet in due {
                guard !hosts[packet.to].isStopped else {
                    hosts[packet.to].waiting.append(packet)
                    continue
                }
                give(.datagram(.success(packet.beat), rail: packet.rail), to: packet.to)
            }
            for index in hosts.indices { runHost(index) }
            if holders.count > 1 { doubleMilliseconds += 1 }
            if passing.count > 1 {
                doublePassing += 1
                doubleAt = doubleAt ?? now
            }
            if holders.isEmpty { vacantMilliseconds += 1 }
        }
    }

    private mutating func runHost(_ index: Int) {
        guard !hosts[index].isStopped else { return }
        let answers = hosts[index].answers.filter { $0.at <= now }
        hosts[index].answers.removeAll { $0.at <= now }
        // What is heard comes before what is concluded.
        for case .segment(let news) in answers.map(\.event) { give(.segment(news), to: index) }
        for answer in answers {
            if case .segment = answer.event { continue }
            give(answer.event, to: index)
        }
        guard hosts[index].isUp, !hosts[index].hasExited else { return }
        if hosts[index].node.nextDeadline <= now { give(.timer, to: index) }
    }

    /// Kill -9 of the daemon. With a guardian its address goes and its will is sent.
    mutating func kill(_ index: Int, withGuardian: Bool) {
        hosts[index].isUp = false
        hosts[index].answers = []
        guard withGuardian else { return }
        hosts[index].holdsAddress = false
        if let will = hosts[index].will { transmit(will, rail: 0, from: index) }
    }

    /// The power is cut: the host is gone and its address with it.
    mutating func powerOff(_ index: Int) {
        kill(index, withGuardian: false)
        hosts[index].holdsAddress = false
        hosts[index].isPowered = false
    }

    /// A new life of the daemon, with what the disk kept.
    mutating func start(_ index: Int) {
        let host = hosts[index]
        pastHistory += host.node.history.map { (index, $0) }
        hosts[index].isUp = true
        hosts[index].isPowered = true
        hosts[index].isStopped = false
        hosts[index].waiting = []
        hosts[index].lease = nil
        hosts[index].hasExited = false
        hosts[index].holdsAddress = false
        hosts[index].node = Node(
            host.settings,
            bootID: random.next(),
            nonce: random.next(),
            reservedEpoch: host.reservedEpoch,
            inMaintenance: host.storedMaintenance,
            now: now
        )
        hosts[index].node.setFence(fence)
        hosts[index].node.setVIPMAC(host.mac)
        if let stored = host.storedPeer { hosts[index].node.setPeerMAC(stored) }
        give(.readiness(host.readiness), to: index)
    }

    mutating func setReadiness(_ index: Int, _ change: (inout NodeReadiness) -> Void) {
        change(&hosts[index].readiness)
        give(.readiness(hosts[index].readiness), to: index)
    }

    mutating func order(_ kind: Order.Kind, id: UInt32 = 1, on index: Int) {
        hosts[index].outcomes[id] = nil
        give(.order(Order(id: id, kind: kind)), to: index)
    }
}

/// The key that both nodes ask for, outside of their network.
struct HarnessArbiter {
    var record: ArbiterRecord?
    var revision: UInt64 = 0
    var isReached = [true, true]
    /// Does what is asked, and the answer gets lost.
    var losesAnswers = [false, false]
    var roundTrip: Duration = .milliseconds(3)
    var writes = 0

    mutating func answer(to request: ArbiterRequest, from index: Int) -> ArbiterAnswer {
        guard isReached[index] else { return .failed("http://10.0.0.5:2379: no answer") }
        guard case .write(let record, let over) = request.kind, over == revision else {
            return .found(record, revision: revision)
        }
        self.record = record
        revision += 1
        writes += 1
        guard !losesAnswers[index] else { return .failed("http://10.0.0.5:2379: no answer") }
        return .written(revision: revision)
    }
}

/// Processes that are stopped and go on, as by SIGSTOP and SIGCONT.
extension PairHarness {
    mutating func stop(_ index: Int) { hosts[index].isStopped = true }

    /// It reads what has come in first, as the heart does; then this happens.
    mutating func resume(_ index: Int, then event: Event = .timer) {
        hosts[index].isStopped = false
        let waiting = hosts[index].waiting
        hosts[index].waiting = []
        for packet in waiting {
            give(.datagram(.success(packet.beat), rail: packet.rail), to: index)
        }
        give(event, to: index)
    }
}

/// A small generator with a seed (Steele, Lea, Flood 2014): the same seed, the same run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
