import Glibc
import Guardian
import Heart
import Lab
import LinuxIO
import PairControl
import Primitives
import Synchronization
import VIPManager

/// A real heart in a host of the lab, and in the daemon's place a thread that answers its reports.
///
/// `halt` ends both without a goodbye, as a crash would; letting go of the object halts it too.
final class HeartNode: Sendable {
    static let key = "a key of the lab, known to everybody"

    let plan: HostPlan
    let host: LabHost
    let heart: Heart
    private let listener: Listener
    private let thread: Mutex<Thread?>

    static func keys(_ text: String) throws -> PairKeys { try PairKeys(file: Array(text.utf8)) }

    /// Those of the article's pair as `plan` has them, with a short boot hold.
    static func settings(_ plan: HostPlan) throws -> HeartSettings {
        let members = [
            PairMember(name: HostPlan.node01.name, priority: 150, order: 0),
            PairMember(name: HostPlan.node02.name, priority: 100, order: 1),
        ]
        let isFirst = plan == .node01
        var pair = PairSettings(
            name: "galera-vip",
            own: members[isFirst ? 0 : 1],
            peer: members[isFirst ? 1 : 0],
            railCount: 1
        )
        pair.bootHold = .milliseconds(300)
        let peer: HostPlan = isFirst ? .node02 : .node01
        return HeartSettings(
            pair: pair,
            rails: [.init(own: plan.address, peer: peer.address)],
            port: 694,
            keys: try keys(key),
            virtualAddresses: [VirtualAddress(HostPlan.virtualAddress, interface: "eth1")]
        )
    }

    /// - Parameters:
    ///   - boot: its number, as no other life of this node may have it.
    ///   - page: where its will goes.
    init(
        _ plan: HostPlan,
        in network: LabNetwork,
        settings: HeartSettings? = nil,
        boot: UInt64 = 1,
        page: WillPage? = nil
    ) throws {
        self.plan = plan
        host = network[plan]
        let heart = try Heart()
        self.heart = heart
        let listener = try Listener(heart)
        self.listener = listener
        let settings = try settings ?? Self.settings(plan)
        let identity = Heart.Identity(
            bootID: boot,
            nonce: boot << 32,
            reservedEpoch: 0,
            inMaintenance: false
        )
        thread = Mutex(try Thread.start(name: "listener") { listener.run() })
        // Sockets belong to the namespace of the thread that makes them.
        try host.inside {
            try heart.start(settings, identity: identity, page: page, reports: listener.reports)
        }
        beReady()
    }

    deinit { halt() }

    func halt() {
        heart.halt()
        listener.stopping.store(true, ordering: .releasing)
        thread.withLock { thread in
            if let running = thread.take() { running.join() }
        }
    }

    /// Tells the heart that the rest of the daemon works.
    func beReady(sessions: Int = 0) {
        heart.update(
            NodeReadiness(
                relayServes: true,
                serversUsable: true,
                checksSettled: true,
                clientSessions: sessions
            )
        )
    }

    /// All that the heart has reported.
    var heard: [HeartReport] { listener.received.withLock { $0 } }

    var notices: [Notice] {
        heard.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
    }

    var railTroubles: [RailTrouble] {
        heard.compactMap { if case .rail(let trouble) = $0 { trouble } else { nil } }
    }

    var node: Node? { heart.snapshot?.node }

    var isActive: Bool {
        if case .active = node?.state { true } else { false }
    }

    var isStandby: Bool {
        if case .standby = node?.state { true } else { false }
    }

    func outcome(of order: UInt32) -> OrderOutcome? {
        heard.lazy.compactMap { report in
            if case .completed(order, let outcome) = report { outcome } else { nil }
        }.first
    }
}

/// Answers the reports that ask for an answer, and keeps all of them.
private final class Listener: Sendable {
    let reports: Mailbox<HeartReport>
    let received = Mutex<[HeartReport]>([])
    let stopping = Atomic<Bool>(false)
    private let heart: Heart

    init(_ heart: Heart) throws(SystemError) {
        self.heart = heart
        reports = try Mailbox(capacity: 1024)
    }

    func run() {
        while !stopping.load(ordering: .acquiring) {
            var entry = pollfd(fd: reports.descriptor, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&entry, 1, 10)
            for report in reports.takeAll() { take(report) }
        }
    }

    private func take(_ report: HeartReport) {
        switch report {
        case .reserveEpochs(let epoch): heart.epochsReserved(upTo: epoch)
        default: break
        }
        received.withLock { $0.append(report) }
    }
}
