internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// What the state directory keeps.
struct SimulatedDisk {
    var epoch: UInt64 = 0
    /// What it has said is kept, whether that is true or not.
    var promisedEpoch: UInt64 = 0
    var inMaintenance = false
    var latency: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(20))
    var isFull = false
    /// Whether every reservation up to now was kept: only then epochs are promised to be unique.
    var isTruthful = true
    /// Where the peer's interface was when it was heard last.
    var peerMAC: MACAddress?
}

enum DiskJob {
    case peer(MACAddress)
    case epoch(UInt64)
    case maintenance(Bool)
}

/// What the rest of the daemon measures.
struct Surroundings {
    var relayServes = true
    var serversUsable = true
    var lastSuccess: Instant?
    var lastFailure: Instant?
    var sessions = 0
    /// How long the first checks take.
    var settleTime: Duration = .milliseconds(200)
}

/// Something that stops a process at a certain step of its work.
struct Interruption {
    enum Kind {
        case crash(withGuardian: Bool)
        case pause(Duration)
    }
    /// Acts left until then.
    var after: Int
    var kind: Kind
}

/// One host: its clock, its kernel, its disk, its guardian, and the daemon's heart.
final class SimulatedHost {
    enum Status: Equatable {
        case running
        /// SIGSTOP, or not scheduled.
        case paused
        /// Inside a system call that has not returned.
        case blocked
    }

    let index: Int
    let settings: PairSettings
    var kernel: SimulatedKernel
    var disk = SimulatedDisk()
    var surroundings = Surroundings()
    var heart: SimulatedHeart?
    var status = Status.running
    var pauseGeneration = 0
    var interruption: Interruption?
    /// What the guardian's page holds: the release frame, empty when there is nothing to release.
    var willFrame: [UInt8] = []
    var willIsWritten = false
    var boot: UInt64 = 0
    var life = 0
    /// Nothing stops its traffic.
    var hasNoFence = false
    var deathsInARow = 0
    var isPowered = true
    /// Stopped by its operator or without a guardian: nobody starts it by himself.
    var staysDown = false
    /// An operation was looked at and waits for the kernel's lock until it is carried out.
    var hasWaited = false

    // The clock: stands still while the host is paused.
    private let clockStart: Duration
    private var stoodStill: Duration = .zero
    private(set) var pausedSince: Instant?
    /// Datagrams that arrive while the host is paused, if they are kept for it.
    var keepsFrames = false
    var hostGeneration = 0

    init(index: Int, settings: PairSettings, clockStart: Duration) {
        self.index = index
        self.settings = settings
        self.clockStart = clockStart
        kernel = SimulatedKernel(mac: MACAddress(0x0242_0A00_000A + UInt64(index)))
    }

    var name: String { settings.own.name }

    var isPaused: Bool { pausedSince != nil }

    func clock(at now: Instant) -> Instant { (pausedSince ?? now) + clockStart - stoodStill }

    /// When this clock will show that time, if nothing stops it.
    func worldTime(of instant: Instant) -> Instant {
        guard instant < .distantFuture else { return instant }
        return instant - clockStart + stoodStill
    }

    func pauseClock(at now: Instant) { pausedSince = now }

    func resumeClock(at now: Instant) {
        guard let since = pausedSince else { return }
        stoodStill += now - since
        pausedSince = nil
    }

    /// Whether the daemon's heart can run now.
    var canRun: Bool { isPowered && !isPaused && heart != nil && status == .running }

    /// Whether it runs as it should: there, not stopped, not delayed.
    var isWell: Bool { canRun && kernel.lateness == .zero && interruption == nil }

    var mac: MACAddress { kernel.link.mac ?? .zero }

    /// Whether frames of the virtual addresses get in and out.
    func isOpen(at now: Instant) -> Bool {
        isPowered && !isPaused && kernel.link.isUsable
            && (hasNoFence || kernel.fence.passes(at: clock(at: now)))
    }

    /// Whether its kernel passes traffic for one of the addresses.
    func serves(_ addresses: [VirtualAddress], at now: Instant) -> Bool {
        guard !kernel.addresses.isEmpty, isOpen(at: now) else { return false }
        return addresses.contains { kernel.has($0.address) }
    }

    func servesAll(_ addresses: [VirtualAddress], at now: Instant) -> Bool {
        guard !kernel.addresses.isEmpty, isOpen(at: now) else { return false }
        return addresses.allSatisfy { kernel.has($0.address) }
    }

    func measuredReadiness(now: Instant) -> NodeReadiness {
        NodeReadiness(
            relayServes: surroundings.relayServes,
            serversUsable: surroundings.serversUsable,
            checksSettled: heart.map { now - $0.startedAt >= surroundings.settleTime } ?? false,
            lastCheckSuccess: surroundings.lastSuccess,
            lastCheckFailure: surroundings.lastFailure,
            clientSessions: surroundings.sessions
        )
    }
}
