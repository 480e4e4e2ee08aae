internal import Primitives

/// The segment of the virtual IP: two ports with a host each, and a client, the gateway and the
/// servers on one side of any cut.
struct SimulatedSegment {
    /// What the switches do with broadcast questions.
    enum Fabric: CaseIterable {
        case plain
        /// They answer in the name of whom they have seen, and let nothing through.
        case suppressing
        /// They answer themselves, for everybody.
        case proxying
    }

    static let proxy = MACAddress(0x0242_0A00_00FE)
    static let normalDelay: ClosedRange<Duration> = .microseconds(30)...(.milliseconds(1))

    /// Cut in two; the client is on the side of this host.
    private(set) var cutAtSideOf: Int?
    var fabric = Fabric.plain
    /// Whether a gateway or a server is there.
    var hasWitnesses = true
    /// Whom the client, and a fabric that remembers, believe to have the virtual IP.
    var belief: Int?
    /// When the hosts were last not connected.
    private(set) var troubleAt: Instant?
    /// Since when the present cut is there.
    private(set) var cutSince: Instant?

    func reaches(_ host: Int) -> Bool { cutAtSideOf.map { $0 == host } ?? true }

    mutating func cut(atSideOf host: Int?, at now: Instant) {
        if host != nil || cutAtSideOf != nil { troubleAt = now }
        if host != cutAtSideOf { cutSince = host == nil ? nil : now }
        cutAtSideOf = host
    }

    /// A link went down or came up.
    mutating func noticeTrouble(at now: Instant) { troubleAt = now }

    /// Since when this host has nobody to ask; `nil` while it has.
    func isolatedSince(_ host: Int) -> Instant? {
        hasWitnesses && fabric == .plain && !reaches(host) ? cutSince : nil
    }
}
