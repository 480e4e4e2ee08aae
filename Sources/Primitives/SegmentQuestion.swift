/// What one volley of probes asks of the segment of the virtual addresses (design §5, Takeover).
package struct SegmentQuestion: Equatable, Sendable {
    /// Everybody is asked for the virtual addresses.
    package var asksAll: Bool
    /// This one is asked for them alone: the peer's interface of the first virtual address. On the
    /// interfaces of the others it is not known, so that everybody is asked there.
    package var peer: MACAddress?
    /// Where the peer's node addresses are is asked too.
    package var resolvesPeer: Bool
    /// Gateway and servers on the segment are asked too.
    package var asksWitnesses: Bool

    package init(asksAll: Bool, peer: MACAddress?, resolvesPeer: Bool, asksWitnesses: Bool) {
        self.asksAll = asksAll
        self.peer = peer
        self.resolvesPeer = resolvesPeer
        self.asksWitnesses = asksWitnesses
    }
}

/// What was heard on the segment of the virtual addresses.
package enum SegmentNews: Hashable, Sendable {
    /// Somebody answers for a virtual address, or announces it.
    case holder(MACAddress)
    /// Somebody asks, in nobody's name, whether a virtual address is free.
    case claim(MACAddress)
    /// A node address of the peer is there.
    case peer(MACAddress)
    /// The gateway or a server answers.
    case witness
}
