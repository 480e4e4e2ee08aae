/// A rule of the protocol that is taken away around the shipped types, to show that the simulator
/// notices. Nothing that ships knows of it.
package enum Mutation: String, CaseIterable, Sendable {
    /// A node does not learn the epochs of its peer.
    case ignoresPeerEpochs
    /// Reservations of epochs never reach the disk.
    case forgetsEpochs
    /// The survivor of a double holding says nothing.
    case silentSurvivor
    /// New holders are not announced.
    case announcesNothing
    /// A started node takes the virtual IP without listening first.
    case noBootHold
    /// Silence counts as death after half of the time.
    case hastyVerdict
    /// Recordings of old beats are believed.
    case believesReplays
    /// A guardian's word is believed for any boot.
    case believesOldReleases
    /// A holder does not notice another holder.
    case ignoresSecondHolder
    /// A node takes its own relay and servers for well, whatever is told.
    case ignoresReadiness
    /// The guardian tells the peer before the address is gone.
    case guardianTellsFirst
    /// An address that something else removed is not put back.
    case neverRepairs
    /// The fence of a holder never closes.
    case hasNoLease
    /// A holder whose lease ran out does not notice and prolongs it.
    case ignoresBrokenLease
    /// Silence is taken for death without a question on the segment.
    case asksNobody
    /// A MAC that is not the peer's is taken for it, and its node address tells nothing.
    case trustsBroadcasts
    /// A node that is cut off from everybody acts.
    case takesWhenIsolated
    /// A cut of the rails is no reason to ask the arbiter.
    case asksNoArbiter
    /// The arbiter writes what it is told, whoever has written meanwhile.
    case blindArbiter
    /// Beats are not sent while a node holds the virtual IP.
    case holderSaysNothing

    /// It shows only in a pair with an arbiter.
    package var needsArbiter: Bool { self == .asksNoArbiter || self == .blindArbiter }
}

/// Which defences the simulated protocol has. What they defend against is no excuse any more.
package struct Protections: Equatable, Sendable {
    /// The lease that stops the traffic of a holder which no longer renews it.
    package var fence = false
    /// The question on the virtual IP's own segment before a takeover.
    package var probe = false
    /// The arbiter, where the pair has one.
    package var arbiter = false

    package init(fence: Bool = false, probe: Bool = false, arbiter: Bool = false) {
        self.fence = fence
        self.probe = probe
        self.arbiter = arbiter
    }

    /// What the shipped code has.
    package static let shipped = Protections(fence: true, probe: true, arbiter: true)
}
