internal import Glibc
internal import LinuxIO
internal import Primitives
internal import VIPManager

/// How far the kernel lets the virtual addresses go without this process: the fence and the
/// lifetime of the addresses.
struct VIPLease {
    /// Addresses are renewed that often: it is the backstop, and each renewal takes the kernel's
    /// lock of the network configuration.
    private static let renewalPause: Duration = .milliseconds(500)
    private static let inspectionPause: Duration = .seconds(1)

    var fence: FenceDriver?
    /// Of an address, in seconds.
    var lifetime: UInt32?
    private var end = Instant.zero
    private var isOpen = false
    private var nextRenewal = Instant.zero
    private var nextInspection = Instant.zero
    private var fenceIsLost = false

    /// A new activation, decided then.
    mutating func begin(decidedAt decision: Instant) {
        isOpen = false
        fence?.deadline.begin(decidedAt: decision)
    }

    /// The addresses are there.
    mutating func open() {
        isOpen = true
        fence?.deadline.open(until: end)
    }

    /// Somebody was told by silence that nobody holds, after this activation was decided.
    var isLatched: Bool { fence?.deadline.isLatched ?? false }

    mutating func close() {
        isOpen = false
        fence?.deadline.close()
    }

    /// - Returns: false where the kernel had closed the fence already
    mutating func prolong(until end: Instant) -> Bool {
        if isOpen, let fence, !fence.prolong(until: end) { return false }
        self.end = end
        return true
    }

    /// No fence stands before the addresses.
    var hasOnlyLifetime: Bool { fence == nil && lifetime != nil }

    func isOver(at now: Instant) -> Bool { now >= end }

    /// Whether the addresses have to be renewed now; if so it is counted.
    mutating func takeRenewal(now: Instant) -> Bool {
        guard isOpen, lifetime != nil, now >= nextRenewal else { return false }
        nextRenewal = now + Self.renewalPause
        return true
    }

    /// - Returns: why no address may be added there; `nil` when the fence is in its place.
    func attachFence(to link: KernelLink) -> AddressOperationResult? {
        do {
            try fence?.attach(to: link.name, index: link.index)
            return nil
        } catch {
            return error.errno == ENODEV ? .interfaceGone : .refused(errno: error.errno)
        }
    }

    /// Puts back what somebody took off the interfaces.
    mutating func inspectFence(now: Instant) -> [VIPEvent] {
        guard let fence, now >= nextInspection else { return [] }
        nextInspection = now + Self.inspectionPause
        do {
            let wasMissing = try fence.repair() || fenceIsLost
            fenceIsLost = false
            return wasMissing ? [.fenceRepaired] : []
        } catch {
            defer { fenceIsLost = true }
            return fenceIsLost ? [] : [.fenceLost(errno: error.errno)]
        }
    }
}
