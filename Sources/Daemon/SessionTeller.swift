internal import BalancerCore
internal import ControlPlane
internal import Heart
internal import LinuxIO
internal import Primitives
internal import Relay
internal import Synchronization

/// The thread that tells the other node of this node's sessions and stick tables, keeps what the
/// other one tells, and after a takeover tells both ends of a dead holder's sessions that it is
/// gone.
///
/// Neither relay nor heart wait for it. All methods may be called from any thread.
final class SessionTeller: Sendable {
    /// What `status` shows of it.
    struct Snapshot: Sendable {
        /// Sessions of this node that the other one was told of.
        var told = 0
        /// Sessions of the other one that are known here, and whether none is missing.
        var known = 0
        var isComplete = false
        /// Changes that no page is left for.
        var untold: UInt64 = 0
        var drops: [String: UInt64] = [:]
        var sticks = Sticks()
        var challenge: Challenge?
    }

    /// Of all stick tables together.
    struct Sticks: Sendable {
        /// Entries that the other node was told of, and those that it told.
        var told = 0
        var known = 0
        /// Nothing of the tables of the node that tells is missing here.
        var isComplete = false
        /// Entries whose names are too long to be told, as often as they were due.
        var untold: UInt64 = 0
    }

    /// What was done after the last takeover.
    struct Challenge: Sendable {
        var at: Instant
        var sessions: Int
        /// Ends that were told, and those that cannot be.
        var ends: Int
        var untellable: Int
        /// Segments that this kernel did not take.
        var refused = 0
        /// Until each end had been told once; `nil` before that.
        var duration: Duration?
    }

    enum Request: Sendable {
        case challenge
        case configure(HeartSettings, sticking: [Backend])
        case end
    }

    let requests: Mailbox<Request>
    let published = Mutex(Snapshot())
    private let thread = Mutex<Thread?>(nil)

    init() throws(SystemError) {
        requests = try Mailbox(capacity: 64)
    }

    /// - Parameters:
    ///   - backends: those with a stick table.
    ///   - boot: of this life of the daemon, as the beats say it.
    func start(
        _ settings: HeartSettings,
        sticking backends: [Backend],
        boot: UInt64,
        heart: Heart,
        engine: RelayEngine,
        log: DaemonLog
    ) throws(SystemError) {
        let loop = try SessionTellerLoop(
            settings,
            sticking: backends,
            boot: boot,
            heart: heart,
            engine: engine,
            log: log,
            teller: self
        )
        // Made here so that its errors come out here, used on its thread alone.
        nonisolated(unsafe) let handedOver = loop
        try thread.withLock { slot throws(SystemError) in
            slot = try Thread.start(name: "teller") { unsafe handedOver.run() }
        }
    }

    var snapshot: Snapshot { published.withLock { $0 } }

    /// The other node held the virtual IP and is dead; this one holds it now.
    func challenge() { requests.put(.challenge) }

    func configure(_ settings: HeartSettings, sticking backends: [Backend]) {
        requests.put(.configure(settings, sticking: backends))
    }

    /// Ends the thread and waits for it. Before the engine ends.
    func end() {
        let running = thread.withLock { $0.take() }
        guard let running else { return }
        requests.putWhenFree(.end)
        running.join()
    }
}
