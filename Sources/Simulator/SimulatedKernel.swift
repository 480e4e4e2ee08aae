internal import Primitives
internal import VIPManager

/// What one read of the netlink socket returns.
typealias KernelBatch = [ReconcilerEvent]

/// The part of a host's kernel that rtnetlink shows: links, addresses, notifications.
struct SimulatedKernel {
    /// A way in which calls fail for a while.
    enum Refusal {
        case permission
        case busy
        /// Carried out, but the answer is lost.
        case unansweredButDone
        case unanswered
    }

    /// What `FenceDeadline` and `FenceProgram` are, on the clock of the host.
    struct Fence {
        var deadline = Instant.zero
        var latch = Instant.zero
        var decision = Instant.zero

        mutating func begin(decidedAt decision: Instant) {
            deadline = .zero
            self.decision = decision
        }

        func passes(at clock: Instant) -> Bool { latch <= decision && clock < deadline }

        /// - Returns: false where it was over
        mutating func prolong(until end: Instant, clock: Instant) -> Bool {
            guard passes(at: clock) else { return false }
            deadline = end
            return true
        }

        /// A probe came in.
        mutating func isAsked(at clock: Instant) { if !passes(at: clock) { latch = clock } }
    }

    static let interface = "eth1"
    static let tag: UInt8 = 0xBA

    private(set) var link: KernelLink
    private(set) var addresses: [KernelAddress.Key: KernelAddress] = [:]
    var fence = Fence()
    /// What waits in the daemon's netlink socket.
    var readable: [KernelBatch] = []
    /// Told by the kernel, and not in the socket yet.
    var untold: [KernelBatch] = []
    var refusesAdd: Refusal?
    var refusesRemove: Refusal?
    /// How long a change of an address waits for the lock of the network configuration.
    var lateness: Duration = .zero
    /// How late notifications are.
    var notificationDelay: Duration = .zero
    /// They never overtake one another.
    var lastNotificationAt = Instant.zero

    init(mac: MACAddress) {
        link = KernelLink(index: 2, name: Self.interface, isUp: true, hasCarrier: true, mac: mac)
    }

    /// A new boot of the host: the interface is there, no address is.
    mutating func reboot() {
        self = SimulatedKernel(mac: link.mac ?? .zero)
    }

    func has(_ address: IPAddress) -> Bool { addresses.keys.contains { $0.address == address } }

    mutating func setLink(isUp: Bool, hasCarrier: Bool) {
        guard isUp != link.isUp || hasCarrier != link.hasCarrier else { return }
        link = KernelLink(
            index: link.index,
            name: link.name,
            isUp: isUp,
            hasCarrier: hasCarrier,
            mac: link.mac
        )
        untold.append([.changed(.linkChanged(link))])
    }

    /// Deleted and made again, as a bond or VLAN is: another index, no addresses.
    mutating func recreateLink() {
        untold.append([.changed(.linkRemoved(index: link.index))])
        addresses = [:]
        link = KernelLink(
            index: link.index + 1,
            name: link.name,
            isUp: link.isUp,
            hasCarrier: link.hasCarrier,
            mac: link.mac
        )
        untold.append([.changed(.linkChanged(link))])
    }

    /// Something else on the host removes an address, whatever its prefix.
    mutating func removeByHand(_ address: IPAddress) {
        for key in addresses.keys.filter({ $0.address == address }) {
            addresses[key] = nil
            untold.append([.changed(.addressRemoved(key))])
        }
    }

    /// The guardian's removal of our own copy.
    mutating func removeForGuardian(_ address: IPAddress) -> Bool {
        guard refusesRemove == nil else { return false }
        let key = KernelAddress.Key(host: address, index: link.index)
        if addresses.removeValue(forKey: key) != nil {
            untold.append([.changed(.addressRemoved(key))])
        }
        return true
    }

    mutating func execute(_ operation: AddressOperation) -> AddressOperationResult {
        let refusal = operation.action == .add ? refusesAdd : refusesRemove
        switch refusal {
        case .permission: return .permissionDenied
        case .busy: return .refused(errno: 16)
        case .unanswered: return .unanswered
        case .unansweredButDone:
            _ = change(operation)
            return .unanswered
        case nil: return change(operation)
        }
    }

    private mutating func change(_ operation: AddressOperation) -> AddressOperationResult {
        let key = operation.key
        guard key.index == link.index else { return .interfaceGone }
        switch operation.action {
        case .add:
            let address = KernelAddress(key: key, tag: Self.tag, flags: 0)
            addresses[key] = address
            untold.append([.changed(.addressAdded(address))])
            return .done
        case .remove:
            guard addresses.removeValue(forKey: key) != nil else { return .absent }
            untold.append([.changed(.addressRemoved(key))])
            return .done
        }
    }

    /// The answer to a request for a table.
    func dump(_ table: KernelTable) -> KernelBatch {
        switch table {
        case .links: [.dumped(.linkChanged(link)), .dumpFinished]
        case .addresses:
            addresses.values.sorted { "\($0.key.address)" < "\($1.key.address)" }
                .map { .dumped(.addressAdded($0)) } + [.dumpFinished]
        }
    }
}
