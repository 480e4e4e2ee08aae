internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// Rules that time alone can break.
extension Monitor {
    private static let announceLimit: Duration = .milliseconds(400)

    /// No fault is at work: each daemon that is there runs as it should.
    func isCalm(_ world: World) -> Bool {
        world.network.isWhole && world.arbiter.isWhole && world.segment.cutAtSideOf == nil
            && world.segment.fabric == .plain
            && world.hosts.allSatisfy { isCalm($0) }
    }

    private func isCalm(_ host: SimulatedHost) -> Bool {
        guard host.isPowered else { return true }
        return !host.isPaused && (host.isWell || host.heart == nil)
            && host.kernel.notificationDelay == .zero
            && host.kernel.refusesAdd == nil && host.kernel.refusesRemove == nil
    }

    /// Both run, and each hears the other as it should.
    private func areTogether(_ world: World) -> Bool {
        world.hosts.allSatisfy { $0.isWell && $0.kernel.refusesRemove == nil }
            && world.network.isGood(from: 0) && world.network.isGood(from: 1)
    }

    /// Each of these rules gives tens of milliseconds; looking every few is looking often enough.
    private static let rhythm: Duration = .milliseconds(4)

    mutating func check(_ world: World) {
        guard world.now >= checkAt else { return }
        checkAt = world.now + Self.rhythm
        // A lease ends without anybody's doing.
        addressesChanged(world.hosts[0], byItself: false, world)
        checkDouble(world)
        checkAnnouncements(world)
        checkVacancy(world)
        checkReadiness(world)
        checkClient(world)
        checkOrders(world)
        checkIsolation(world)
    }

    /// A holder that hears nobody, on the rails and on the segment, lets go.
    private mutating func checkIsolation(_ world: World) {
        for host in world.hosts where records[host.index].serves && host.isWell {
            guard let since = world.segment.isolatedSince(host.index), let heart = host.heart,
                !isRetrying(host.index, world)
            else { continue }
            let clock = host.clock(at: world.now)
            let silence = clock - max(heart.heardAt ?? heart.startedAt, heart.startedAt)
            let lasts = min(quiet(world, since: since), silence)
            let limit = settings.deadAfter * 2 + Node.lookoutPause + .milliseconds(300)
            guard lasts > limit else { continue }
            fail(.isolation, "\(host.name) is cut off and holds on", world)
        }
    }

    private func quiet(_ world: World, since other: Instant?) -> Duration {
        world.now - max(disturbedAt, other ?? .zero)
    }

    /// A new boot proves itself, one beat each way, one each that compares, the address goes.
    private var doubleLimit: Duration { settings.interval * 3 + .milliseconds(50) }

    private mutating func checkDouble(_ world: World) {
        guard let doubleSince else { return }
        let lasts = quiet(world, since: doubleSince)
        checkDoubleOnSegment(world, lasts)
        guard areTogether(world) else { return }
        guard !isRetrying(0, world), !isRetrying(1, world), lasts > doubleLimit else { return }
        fail(.doubleEnds, "both serve for \(lasts.milliseconds) ms and hear each other", world)
    }

    /// With ARP alone: what a holder that hears no peer asks each second, or the other one says.
    private mutating func checkDoubleOnSegment(_ world: World, _ lasts: Duration) {
        guard world.segment.cutAtSideOf == nil, world.segment.fabric == .plain,
            world.hosts.allSatisfy({ $0.isWell && $0.kernel.link.isUsable }),
            world.hosts.allSatisfy({ !isRetrying($0.index, world) }),
            lasts > Node.lookoutPause * 2 + settings.deadAfter + .milliseconds(300)
        else { return }
        fail(.doubleEnds, "both serve for \(lasts.milliseconds) ms on one segment", world)
    }

    private func isRetrying(_ index: Int, _ world: World) -> Bool {
        records[index].refusedAt.map { world.now - $0 < PairSettings.faultPause * 2 } ?? false
    }

    private mutating func checkAnnouncements(_ world: World) {
        for host in world.hosts where host.isWell && host.kernel.link.isUsable {
            guard !isRetrying(host.index, world) else { continue }
            // Who does not hear the other one does not know that there were two, nor does who
            // cannot tell a new boot what to echo.
            let knows = areTogether(world)
            if !knows, records[host.index].owesReannouncement != nil {
                records[host.index].owesReannouncement = world.now
            }
            let record = records[host.index]
            if let since = record.owesAnnouncement, world.now - since > Self.announceLimit {
                fail(.announced, "\(host.name) serves and has not said so", world)
            }
            let limit = Self.announceLimit + settings.deadAfter + settings.interval * 3
            if let since = record.owesReannouncement, world.now - since > limit {
                fail(.survivorAnnounces, "\(host.name) was one of two and is silent", world)
            }
        }
    }

    /// Whether this node should hold the virtual IP if nobody else does.
    private func isAble(_ host: SimulatedHost) -> Bool {
        guard host.isWell, let heart = host.heart, heart.node.arbiter?.refuses != true
        else { return false }
        return host.surroundings.relayServes && host.kernel.link.isUsable
            && ![.maintenance, .stopping].contains(heart.node.state.role)
    }

    /// design §5: dead-after + rank step + boot hold; a yield that the fault cut short ends first.
    private var vacancyLimit: Duration {
        settings.deadAfter + PairSettings.rankStep
            + max(settings.bootHold, PairSettings.yieldLimit) + PairSettings.faultPause
            // A fabric that answered until now, a round that was answered, a claim.
            + max(settings.deadAfter * 2, .milliseconds(500)) + .milliseconds(400)
            // A question without an answer, a pause, and nobody has written for dead-after.
            + (settings.hasArbiter
                ? PairSettings.arbiterLimit + PairSettings.arbiterPause + settings.deadAfter
                : .zero)
    }

    private mutating func checkVacancy(_ world: World) {
        if world.hosts.contains(where: { $0.servesAll(world.addresses, at: world.now) }) {
            vacantSince = nil
            return
        }
        let since = vacantSince ?? world.now
        vacantSince = since
        guard quiet(world, since: since) > vacancyLimit, isCalm(world),
            world.hosts.contains(where: { isAble($0) })
        else { return }
        fail(
            .someoneActive,
            "nobody serves: \(world.hosts.map { $0.heart?.node.state.role.description ?? "down" })",
            world
        )
    }

    /// The holder that should give way to the other one, which could take over.
    private func unreadyHolder(_ world: World) -> SimulatedHost? {
        guard records[0].serves != records[1].serves, areTogether(world), isCalm(world) else {
            return nil
        }
        let holder = world.hosts[records[0].serves ? 0 : 1]
        let other = world.hosts[1 - holder.index]
        guard let node = holder.heart?.node, node.state.role == .active,
            other.heart?.node.state.role == .standby, isAble(other),
            other.surroundings.serversUsable, !isRetrying(holder.index, world)
        else { return nil }
        let isReady = holder.surroundings.relayServes && holder.surroundings.serversUsable
        return isReady ? nil : holder
    }

    private mutating func checkReadiness(_ world: World) {
        guard let holder = unreadyHolder(world) else {
            unreadySince = nil
            return
        }
        let hasRelay = holder.surroundings.relayServes
        let since = unreadySince.flatMap { $0.hasRelay == hasRelay ? $0.at : nil } ?? world.now
        unreadySince = (since, hasRelay)
        // The servers are looked at a few times a second, and by the two nodes not at one time.
        let limit =
            hasRelay
            ? PairSettings.serverHold + .seconds(3) : settings.deadAfter + .milliseconds(500)
        guard world.now - since > limit else { return }
        let what = hasRelay ? "server" : "relay"
        fail(.readyHolder, "\(holder.name) holds without a \(what)", world)
    }

    private mutating func checkClient(_ world: World) {
        guard records[0].serves != records[1].serves, isCalm(world), let singleSince,
            let belief = world.segment.belief, !records[belief].serves
        else { return }
        let holder = world.hosts[1 - belief]
        guard holder.isWell, holder.kernel.link.isUsable else { return }
        let lasts = quiet(world, since: singleSince)
        guard lasts > .seconds(1) + settings.deadAfter else { return }
        // An entry that nobody answers for is looked up anew.
        guard lasts < .seconds(3) else {
            world.segment.belief = holder.index
            return
        }
        fail(.clientKnows, "the client still sends to \(world.hosts[belief].name)", world)
    }
}
