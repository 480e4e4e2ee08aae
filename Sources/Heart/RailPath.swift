internal import Glibc
internal import LinuxIO
package import Primitives

/// One path of beats on this side, opened and used by the heart's thread alone. A path that cannot
/// be used is tried again each second and disturbs no other.
protocol RailPath: AnyObject {
    /// For log and status: `10.0.0.10 -> 10.0.0.11`, `ethernet on eth1`.
    var name: String { get }
    var condition: RailCondition { get set }
    /// When to try to open it; `nil` while it is open.
    var retryAt: Instant? { get }

    /// - Returns: the new descriptor.
    func open(now: Instant) throws(SystemError) -> Int32
    /// The next datagram; `nil` when none waits.
    func receive(limit: Int, now: Instant) -> [UInt8]?
    /// Never waits.
    func send(_ bytes: [UInt8], now: Instant) throws(SystemError)
    /// The datagram that was received last came from the peer indeed.
    func lastWasBelieved(now: Instant)
}

enum RailLimits {
    static let retryPause: Duration = .seconds(1)
}

/// What befell one rail on this side: each failure is counted, and each kind of trouble told once
/// until the rail has worked again for a while.
package struct RailCondition: Equatable, Sendable {
    /// What must have passed without a failure until a rail counts as mended.
    private static let probation: Duration = .seconds(1)

    /// Sends, and attempts to open it, that the kernel refused since the start.
    package private(set) var failures: UInt64 = 0
    /// What is in the way now, in the kernel's words; `nil` when nothing is.
    package private(set) var fault: String?
    /// Where the peer is on an Ethernet rail; `nil` while that is not known.
    package var peerMAC: MACAddress?
    private var told: Set<Int32> = []
    private var failedAt = Instant.zero

    package init() {}

    /// A queue of our own was full for a moment.
    mutating func missed() { failures += 1 }

    /// - Returns: whether it is news.
    mutating func failed(_ error: SystemError, now: Instant) -> Bool {
        failures += 1
        failedAt = now
        fault = "\(error)"
        return told.insert(error.errno).inserted
    }

    /// - Returns: whether that is news.
    mutating func worked(now: Instant) -> Bool {
        guard fault != nil, now - failedAt >= Self.probation else { return false }
        fault = nil
        told = []
        return true
    }

    /// Open again after it was not.
    mutating func opened() {
        fault = nil
        told = []
    }
}
