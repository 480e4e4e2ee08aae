import Primitives
import VIPManager

/// A kernel of values: carries out the reconciler's directives on its own tables, checks that each
/// is legal, and answers as rtnetlink does. Notifications are delivered at once.
struct FakeKernel {
    var reconciler: AddressReconciler
    var links: [UInt32: KernelLink] = [:]
    var addresses: [KernelAddress.Key: KernelAddress] = [:]
    var refusals: [AddressOperation: AddressOperationResult] = [:]
    /// Additions are acknowledged, but their notification does not come.
    var delaysNotifications = false
    var announcementFault: AnnouncementFault?
    var now = Instant.zero + .seconds(100)

    private(set) var operations: [AddressOperation] = []
    private(set) var announcements: [Announcement] = []
    private(set) var reports: [VIPEvent] = []
    private(set) var dumps = 0

    init(_ addresses: [VirtualAddress]) {
        reconciler = AddressReconciler(addresses: addresses)
    }

    mutating func start() { carryOut(reconciler.start(now: now)) }
    mutating func hold() { carryOut(reconciler.hold(now: now)) }
    mutating func release() { carryOut(reconciler.release(now: now)) }
    mutating func announceAnew() { carryOut(reconciler.announceAnew(now: now)) }
    mutating func tell(_ event: ReconcilerEvent) { carryOut(reconciler.handle(event, now: now)) }

    /// Lets time pass, with every tick at its time.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while reconciler.nextDeadline <= end {
            now = max(now, reconciler.nextDeadline)
            tell(.tick)
        }
        now = end
    }

    mutating func setLink(
        _ index: UInt32,
        _ name: String,
        isUp: Bool = true,
        hasCarrier: Bool = true,
        mac: MACAddress? = MACAddress(0x0242_0A00_000A)
    ) {
        let link = KernelLink(
            index: index,
            name: name,
            isUp: isUp,
            hasCarrier: hasCarrier,
            mac: mac
        )
        links[index] = link
        tell(.changed(.linkChanged(link)))
    }

    mutating func removeLink(_ index: UInt32) {
        links[index] = nil
        addresses = addresses.filter { $0.key.index != index }
        tell(.changed(.linkRemoved(index: index)))
    }

    /// Somebody else adds an address.
    mutating func add(
        _ text: String,
        prefixLength: UInt8,
        index: UInt32 = 2,
        tag: UInt8 = 0,
        flags: UInt32 = 0
    ) {
        guard let address = IPAddress(text) else { preconditionFailure("not an address") }
        let key = KernelAddress.Key(index: index, address: address, prefixLength: prefixLength)
        insert(KernelAddress(key: key, tag: tag, flags: flags))
    }

    /// Somebody else removes it.
    mutating func remove(_ key: KernelAddress.Key) {
        addresses[key] = nil
        tell(.changed(.addressRemoved(key)))
    }

    /// The reports since the last call.
    mutating func takeReports() -> [VIPEvent] {
        defer { reports = [] }
        return reports
    }

    mutating func takeOperations() -> [AddressOperation] {
        defer { operations = [] }
        return operations
    }

    mutating func takeAnnouncements() -> [Announcement] {
        defer { announcements = [] }
        return announcements
    }

    private mutating func insert(_ address: KernelAddress) {
        addresses[address.key] = address
        if !delaysNotifications { tell(.changed(.addressAdded(address))) }
    }

    private mutating func carryOut(_ directives: [ReconcilerDirective]) {
        for directive in directives {
            switch directive {
            case .report(let event): reports.append(event)
            case .announce(let announcement):
                if let announcementFault {
                    tell(.announcementFailed(announcement, announcementFault))
                } else {
                    announcements.append(announcement)
                    tell(.announced(announcement, frames: announcement.frames.count))
                }
            case .dump(let table):
                dumps += 1
                switch table {
                case .links: for link in links.values { tell(.dumped(.linkChanged(link))) }
                case .addresses:
                    for address in addresses.values { tell(.dumped(.addressAdded(address))) }
                }
                tell(.dumpFinished)
            case .apply(let operation): apply(operation)
            }
        }
    }

    private mutating func apply(_ operation: AddressOperation) {
        operations.append(operation)
        if let refusal = refusals[operation] {
            return tell(.operationFinished(operation, refusal))
        }
        guard links[operation.key.index] != nil else {
            return tell(.operationFinished(operation, .interfaceGone))
        }
        switch operation.action {
        case .add:
            tell(.operationFinished(operation, .done))
            insert(KernelAddress(key: operation.key, tag: 0xBA, flags: 0))
        case .remove where addresses[operation.key] == nil:
            tell(.operationFinished(operation, .absent))
        case .remove:
            addresses[operation.key] = nil
            tell(.operationFinished(operation, .done))
            tell(.changed(.addressRemoved(operation.key)))
        }
    }
}
