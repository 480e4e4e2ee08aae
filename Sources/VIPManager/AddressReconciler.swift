package import Primitives

/// Compares the virtual addresses that should be on this host with those that are, and orders what
/// makes them equal. It is driven by the level, not by edges: after every fact both are compared
/// anew.
///
/// - All virtual addresses move together: `held` means all of them, acknowledged and read back.
/// - While they should be here: what something else removes is put back at once (10 times, then
///   once a second), and announced again. A wider copy of an IPv4 virtual address that was added by
///   hand is left alone, since it does no harm beside ours. One of an IPv6 address is replaced,
///   because the kernel has room for one of them only.
/// - While they should not be here: every copy on any interface and with any prefix is removed,
///   since it is a duplicate address waiting to happen, and so is everything that carries this
///   program's tag. Only a copy whose removal would take other addresses along is left and
///   reported.
/// - Interfaces are found by name each time. Each second the address table is read as a whole.
package struct AddressReconciler: Sendable {
    package struct Settings: Sendable {
        /// `IFA_PROTO` of our addresses: any value that the kernel does not use itself (0-3).
        package var tag: UInt8 = 0xBA
        /// How often the address table is read as a whole, and what failed is tried again.
        package var auditInterval: Duration = .seconds(1)
        /// How many times in a row a removed address is put back at once.
        package var repairBurst = 10
        /// How often it is put back after that.
        package var repairInterval: Duration = .seconds(1)

        package init() {}
    }

    package enum Phase: Equatable, Sendable {
        /// Wanted, and not all of them are there.
        case acquiring
        case held
        /// Not wanted, and perhaps still there. The state at the start.
        case releasing
        case released
    }

    /// Where one virtual address stands while it is wanted.
    enum Standing: Equatable, Sendable {
        case missing(isDue: Bool, wasRemoved: Bool)
        case requested(wasRemoved: Bool)
        /// The kernel said yes; not yet read back.
        case acknowledged(at: Instant, wasRemoved: Bool)
        case present
    }

    struct LinkState: Equatable, Sendable {
        var index: UInt32
        var isUsable: Bool
        var mac: MACAddress?
    }

    /// More than this many interrupted dumps in a row wait for the next audit.
    static let interruptionLimit = 8

    package let addresses: [VirtualAddress]
    /// The names of their interfaces, each once.
    let interfaces: [String]
    let settings: Settings
    package internal(set) var phase = Phase.releasing
    package internal(set) var view = KernelView()

    var standings: [VirtualAddress: Standing] = [:]
    var faults: [VirtualAddress: AddressFault] = [:]
    var repairs: [VirtualAddress: TokenBucket] = [:]

    /// Removals under way, and whether they are part of an orderly release.
    var removals: [KernelAddress.Key: Bool] = [:]
    /// Removals that failed and wait for the next audit.
    var blockedRemovals: Set<KernelAddress.Key> = []
    var removalFaults: [KernelAddress.Key: AddressFault] = [:]
    var removalBucket = TokenBucket(burst: 64, interval: .milliseconds(100))

    var announcements = AnnouncementSchedule()
    var announcementFaults: [VirtualAddress: AnnouncementFault] = [:]
    /// By interface; no entry until the links were read for the first time.
    var linkStates: [String: LinkState] = [:]

    private var auditAt = Instant.zero
    private var interruptions = 0

    /// - Parameter addresses: at least one, no two alike.
    package init(addresses: [VirtualAddress], settings: Settings = Settings()) {
        precondition(!addresses.isEmpty, "a pair without a virtual address")
        precondition(
            Set(addresses.map(\.address)).count == addresses.count,
            "twice the same address"
        )
        self.addresses = addresses
        interfaces = Set(addresses.map(\.interface)).sorted()
        self.settings = settings
        for address in addresses {
            repairs[address] = TokenBucket(
                burst: settings.repairBurst,
                interval: settings.repairInterval
            )
        }
    }

    /// The virtual addresses that are in their place now, to be renewed there.
    package var presentKeys: [KernelAddress.Key] {
        addresses.compactMap { address in
            guard standings[address] == .present,
                let link = view.link(named: address.interface)
            else { return nil }
            return KernelAddress.Key(host: address.address, index: link.index)
        }
    }

    /// When `tick` is to be told.
    package var nextDeadline: Instant { min(auditAt, announcements.nextDue ?? .distantFuture) }

    /// Reads both tables for the first time; left-overs of an earlier life are removed as soon as
    /// they are known.
    package mutating func start(now: Instant) -> [ReconcilerDirective] {
        auditAt = now + settings.auditInterval
        return [beginDump(.links, now: now)]
    }

    /// The virtual addresses belong here from now on. Does nothing if they already do.
    package mutating func hold(now: Instant) -> [ReconcilerDirective] {
        guard !isWanted else { return [] }
        phase = .acquiring
        removalFaults = [:]
        for address in addresses { standings[address] = .missing(isDue: true, wasRemoved: false) }
        var directives: [ReconcilerDirective] = []
        reconcile(now: now, &directives)
        return directives
    }

    /// They belong elsewhere from now on. The removal is ordered even if nothing is known to be
    /// there, and `released` reported again even if it was before.
    package mutating func release(now: Instant) -> [ReconcilerDirective] {
        phase = .releasing
        announcements.stop()
        standings = [:]
        faults = [:]
        announcementFaults = [:]
        blockedRemovals = []
        removalFaults = [:]
        var directives: [ReconcilerDirective] = []
        orderRelease(&directives)
        reconcile(now: now, &directives)
        return directives
    }

    /// Announces anew from the beginning of the schedule, for any sign of a second holder.
    package mutating func announceAnew(now: Instant) -> [ReconcilerDirective] {
        var directives: [ReconcilerDirective] = []
        guard phase == .held else { return directives }
        announcements.start(now: now)
        orderAnnouncements(now: now, &directives)
        return directives
    }

    package mutating func handle(
        _ event: ReconcilerEvent,
        now: Instant
    ) -> [ReconcilerDirective] {
        var directives: [ReconcilerDirective] = []
        switch event {
        case .changed(let change): view.apply(change)
        case .dumped(let change):
            view.stage(change)
            return directives
        case .dumpFinished: finishDump(now: now, &directives)
        case .dumpInterrupted: repeatDump(now: now, &directives)
        case .dumpRefused: _ = view.abandonDump()
        case .notificationsLost:
            view.lose()
            directives.append(beginDump(.links, now: now))
        case .operationFinished(let operation, let result):
            switch operation.action {
            case .add: addFinished(operation.key, result, now: now, &directives)
            case .remove: removeFinished(operation.key, result, &directives)
            }
        case .announced(let announcement, let frames):
            announcementFaults[announcement.address] = nil
            directives.append(.report(.announced(announcement.address, frames: frames)))
        case .announcementFailed(let announcement, let fault):
            announcementFailed(announcement.address, fault, now: now, &directives)
        case .tick: audit(now: now, &directives)
        }
        reconcile(now: now, &directives)
        return directives
    }

    var isWanted: Bool { phase == .acquiring || phase == .held }

    private mutating func reconcile(now: Instant, _ directives: inout [ReconcilerDirective]) {
        guard view.isComplete else { return }
        observeLinks(now: now, &directives)
        removeUnwanted(now: now, &directives)
        if isWanted {
            reconcileHolding(now: now, &directives)
        } else {
            reconcileReleasing(&directives)
        }
        orderAnnouncements(now: now, &directives)
    }

    private mutating func audit(now: Instant, _ directives: inout [ReconcilerDirective]) {
        guard now >= auditAt else { return }
        auditAt = now + settings.auditInterval
        interruptions = 0
        blockedRemovals = []
        for case (let address, .missing(_, let wasRemoved)) in standings {
            standings[address] = .missing(isDue: true, wasRemoved: wasRemoved)
        }
        directives.append(beginDump(view.isComplete ? .addresses : .links, now: now))
    }

    private mutating func beginDump(_ table: KernelTable, now: Instant) -> ReconcilerDirective {
        view.beginDump(table, now: now)
        return .dump(table)
    }

    private mutating func finishDump(now: Instant, _ directives: inout [ReconcilerDirective]) {
        interruptions = 0
        if view.finishDump() == .links { directives.append(beginDump(.addresses, now: now)) }
    }

    private mutating func repeatDump(now: Instant, _ directives: inout [ReconcilerDirective]) {
        interruptions += 1
        guard let table = view.abandonDump(), interruptions <= Self.interruptionLimit else {
            return
        }
        directives.append(beginDump(table, now: now))
    }
}
