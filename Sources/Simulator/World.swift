internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// Two hosts, the network between them, the segment of the virtual IP, and one clock for all.
///
/// Everything random comes from one seed, so a schedule is its seed.
final class World {
    let seed: UInt64
    let pattern: Pattern
    let mutation: Mutation?
    let hasArbiter: Bool
    let addresses: [VirtualAddress]
    var dice: SplitMix64
    var now = Instant(nanoseconds: 1_000_000_000)
    var timeline = Timeline()
    var hosts: [SimulatedHost] = []
    var network: SimulatedNetwork
    var segment = SimulatedSegment()
    var arbiter = SimulatedArbiter()
    var monitor: Monitor
    var trace: Trace
    var actionsLeft = 0
    var nextOrder: UInt32 = 0
    /// Happenings of a host whose clock stands still.
    var deferred: [[Happening]] = [[], []]
    /// The call that a blocked daemon waits for.
    var pendingCall: [AddressOperation?] = [nil, nil]
    private let identity: UInt64

    init(
        seed: UInt64,
        pattern: Pattern?,
        mutation: Mutation?,
        hasArbiter: Bool,
        protections: Protections,
        recordsTrace: Bool
    ) {
        self.seed = seed
        self.mutation = mutation
        self.hasArbiter = hasArbiter
        dice = SplitMix64(seed: seed)
        let patterns = hasArbiter ? Pattern.withArbiter : Pattern.all
        self.pattern = pattern ?? patterns[Int(seed % UInt64(patterns.count))]
        let rails = 1 + dice.below(2)
        network = SimulatedNetwork(rails: rails)
        segment.hasWitnesses = dice.chance(permille: 750)
        var settings = Self.settings(
            rails: rails,
            hasWitnesses: segment.hasWitnesses && mutation != .takesWhenIsolated,
            &dice
        )
        for index in settings.indices {
            settings[index].hasArbiter = hasArbiter
        }
        identity = dice.next()
        var list = [
            VirtualAddress(.v4(0x0A00_0064), interface: SimulatedKernel.interface)
        ]
        if dice.chance(permille: 250) {
            list.append(VirtualAddress(.v4(0x0A00_0065), interface: SimulatedKernel.interface))
        }
        addresses = list
        trace = Trace(isOn: recordsTrace)
        var defences = protections
        defences.arbiter = defences.arbiter && hasArbiter
        monitor = Monitor(settings: settings[0], protections: defences)
        for (index, own) in settings.enumerated() {
            hosts.append(
                SimulatedHost(
                    index: index,
                    settings: own,
                    clockStart: dice.duration(.zero...(.seconds(1_000_000)))
                )
            )
        }
        let timing =
            "beats \(settings[0].interval.milliseconds) ms, dead after "
            + "\(settings[0].deadAfter.milliseconds) ms, boot hold "
            + "\(settings[0].bootHold.milliseconds) ms"
        say("seed \(seed), pattern \(self.pattern.name), \(rails) rails, \(timing)")
    }

    /// The defaults most of the time, and the tuned values.
    private static func settings(
        rails: Int,
        hasWitnesses: Bool,
        _ dice: inout SplitMix64
    ) -> [PairSettings] {
        let first = PairMember(name: "node01", priority: 150, order: 0)
        let second = PairMember(name: "node02", priority: 100, order: 1)
        let kind = dice.below(8)
        let preempt = dice.chance(permille: 125)
        return [(first, second), (second, first)].map { own, peer in
            var settings = PairSettings(name: "pair", own: own, peer: peer, railCount: rails)
            settings.preempt = preempt
            settings.hasWitnesses = hasWitnesses
            if kind == 0 {
                settings.interval = .milliseconds(10)
                settings.deadAfter = .milliseconds(60)
            }
            if kind < 4 { settings.bootHold = .seconds(1) }
            return settings
        }
    }

    func say(_ text: @autoclosure () -> String) {
        if trace.isOn { trace.add(text(), at: now) }
    }

    /// Never the same in one world.
    func newIdentity() -> (boot: UInt64, nonce: UInt64) {
        (dice.next() | 1, dice.next() ^ identity)
    }

    /// Lets the world go on until then, or until a rule is broken.
    func run(until end: Instant) {
        while monitor.violation == nil, let at = timeline.nextAt, at <= end {
            guard let (time, what) = timeline.takeNext() else { return }
            now = max(now, time)
            take(what)
            monitor.check(self)
        }
        now = max(now, end)
        if monitor.violation == nil { monitor.check(self) }
    }

    func take(_ what: Happening) {
        if let host = what.host, hosts[host].isPaused {
            deferred[host].append(what)
            return
        }
        switch what {
        case .timer(let host, let life, let generation):
            guard let heart = hosts[host].heart, heart.life == life,
                heart.generation == generation
            else { return }
            run(host)
        case .arrival(let datagram): arrive(datagram)
        case .probed(let host, let question): probed(by: host, question)
        case .segmentHeard(let host, let news): hear(news, hosts[host])
        case .notifications(let host, let batches):
            guard hosts[host].heart != nil else { return }
            hosts[host].kernel.readable += batches
            run(host)
        case .mail(let host, let life, let mail):
            guard let heart = hosts[host].heart, heart.life == life else { return }
            heart.mailbox.append(mail)
            run(host)
        case .arbiterAsked(let host, let life, let request): arbiterAsked(host, life, request)
        case .clerk(let host, let life): clerkTicks(host, life)
        case .diskWritten(let host, let life, let job): diskWritten(host, life, job)
        case .processResumes(let host, let life, let generation):
            let target = hosts[host]
            guard target.heart?.life == life, target.pauseGeneration == generation else { return }
            resumeProcess(host)
        case .hostResumes(let host, let generation):
            guard hosts[host].hostGeneration == generation else { return }
            resumeHost(host)
        case .guardianActs(let host, let life, let step): guardianActs(host, life, step)
        case .starts(let host, let life):
            guard hosts[host].heart == nil, hosts[host].life == life else { return }
            start(host)
        case .faultEnds(let fault): end(fault)
        case .action: act()
        }
    }

    private func arrive(_ datagram: Datagram) {
        let host = hosts[datagram.to]
        guard let heart = host.heart else { return }
        guard !host.isPaused || host.keepsFrames,
            heart.sockets[datagram.rail].count < SimulatedHeart.socketLimit
        else {
            network.notice(lossFrom: datagram.from, at: now)
            return
        }
        heart.sockets[datagram.rail].append(datagram)
        run(datagram.to)
    }
}

extension Happening {
    /// The host without whose clock it cannot happen.
    fileprivate var host: Int? {
        switch self {
        case .timer(let host, _, _), .notifications(let host, _), .mail(let host, _, _),
            .clerk(let host, _), .diskWritten(let host, _, _), .processResumes(let host, _, _),
            .guardianActs(let host, _, _), .starts(let host, _):
            host
        case .arrival, .probed, .segmentHeard, .arbiterAsked, .hostResumes, .faultEnds, .action: nil
        }
    }
}
