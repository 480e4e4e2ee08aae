internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// What is watched of the nodes themselves: activations and epochs.
extension Monitor {
    /// Looks at a node after each of its steps.
    mutating func observe(_ host: SimulatedHost, _ heart: SimulatedHeart, _ world: World) {
        let index = host.index
        switch heart.node.state {
        case .activating(let activation, _):
            if records[index].claim?.epoch != activation.epoch {
                activates(host, heart, activation, world)
            }
        case .active(let activation):
            if activation.epoch != records[index].bootEpoch {
                uses(activation.epoch, host, heart, world)
                records[index].claim?.epoch = activation.epoch
            }
        default: break
        }
    }

    private mutating func activates(
        _ host: SimulatedHost,
        _ heart: SimulatedHeart,
        _ activation: NodeState.Activation,
        _ world: World
    ) {
        activations += 1
        uses(activation.epoch, host, heart, world)
        let clock = heart.now
        // What the node may call silence: nothing believed for dead-after, or since its start.
        let gap: Duration
        let isPatient: Bool
        if let heard = heart.heardAt {
            gap = clock - heard
            isPatient = gap >= settings.deadAfter
        } else {
            gap = clock - heart.startedAt
            isPatient = gap >= settings.bootHold
        }
        let bySilence = [.peerSilent, .alone].contains(activation.reason)
        if bySilence, !isPatient {
            fail(
                .patience,
                "\(host.name) acts after \(gap.milliseconds) ms (\(activation.reason))",
                world
            )
        }
        if let since = world.segment.isolatedSince(host.index),
            !Self.mayBeHandedOver(activation.reason), world.now - since > .milliseconds(50)
        {
            fail(.isolation, "\(host.name) is cut off and acts (\(activation.reason))", world)
        }
        records[host.index].claim = Claim(
            at: world.now,
            epoch: activation.epoch,
            reason: "\(activation.reason)",
            excuse: excuse(for: host, gap, isPatient, world)
        )
    }

    /// Whether the former holder may have said that it let go.
    private static func mayBeHandedOver(_ reason: ActivationReason) -> Bool {
        switch reason {
        case .peerReleased, .peerStopped, .failover, .peerMaintenance, .peerNotReady, .preempted:
            true
        // With a peer that has left, nobody is asked.
        case .resumed: true
        case .none, .alone, .elected, .peerSilent, .takenBack: false
        }
    }

    /// What in the world explains that this node heard nothing for so long.
    private func excuse(
        for host: SimulatedHost,
        _ gap: Duration,
        _ isPatient: Bool,
        _ world: World
    ) -> Excuse? {
        let peer = world.hosts[1 - host.index]
        let record = records[peer.index]
        if world.hasArbiter, holdsAloneUntold(peer, world) { return .arbiterLost }
        // The gap is measured on the host's clock; that of the world is not shorter.
        let from = world.now - gap - (settings.interval + .milliseconds(5))
        let stood = records[host.index].hostStoppedAt.map { $0 >= from } ?? false
        if stood { return .hostStopped }
        // The links, and the time of a few rounds of probes.
        let cut = world.segment.cutAtSideOf != nil
        let probing = settings.deadAfter + .milliseconds(150)
        let isCut = world.segment.troubleAt.map { world.now - $0 < probing } ?? false
        let segmentDecides = !protections.arbiter
        if segmentDecides, cut || isCut || world.hosts.contains(where: { !$0.kernel.link.isUsable })
        {
            return .segmentCut
        }
        guard isPatient else { return nil }
        if peer.isPaused || record.hostStoppedAt.map({ $0 >= from }) ?? false {
            return .hostStopped
        }
        if peer.heart == nil { return .orphanedAddress }
        if record.diedAt.map({ $0 >= from }) ?? false { return .orphanedAddress }
        if peer.status != .running || record.stoppedAt.map({ $0 >= from }) ?? false {
            return .daemonStopped
        }
        if world.network.lastTrouble[peer.index].map({ $0 >= from }) ?? false {
            return .beatsLost
        }
        // A boot that cannot hear this node cannot prove itself to it.
        if world.network.lastTrouble[host.index].map({ $0 >= from }) ?? false {
            return .beatsLost
        }
        return nil
    }

    /// Whether a holder to whom the other one said goodbye could not tell the arbiter yet.
    private func holdsAloneUntold(_ host: SimulatedHost, _ world: World) -> Bool {
        guard records[host.index].serves, let last = host.heart?.node.tracker.last,
            last.role == .stopping || last.role == .maintenance
        else { return false }
        return world.arbiter.record.map { $0.holder != host.name || !$0.isAlone } ?? true
    }

    private mutating func uses(
        _ epoch: UInt64,
        _ host: SimulatedHost,
        _ heart: SimulatedHeart,
        _ world: World
    ) {
        let index = host.index
        if epoch <= records[index].bootEpoch {
            fail(
                .epochRises,
                "\(host.name) goes from \(records[index].bootEpoch) to \(epoch)",
                world
            )
        }
        if epoch <= heart.heardEpoch {
            fail(
                .epochRises,
                "\(host.name) takes \(epoch) and had heard of \(heart.heardEpoch)",
                world
            )
        }
        // A number beyond what the disk has kept is lost with the daemon: that is a warning.
        if epoch > host.disk.promisedEpoch { host.disk.isTruthful = false }
        if host.disk.isTruthful, records[index].usedEpochs.contains(epoch) {
            fail(.epochUnique, "\(host.name) takes \(epoch) for the second time", world)
        }
        records[index].usedEpochs.insert(epoch)
        records[index].bootEpoch = epoch
    }
}
