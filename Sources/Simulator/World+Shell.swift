internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// What the shells and the other threads of the daemon do.
extension World {
    func carryOut(_ directive: Directive, of host: SimulatedHost) {
        switch directive {
        case .send(let beat, let rail):
            if mutation == .holderSaysNothing, beat.role == .active { return }
            send(
                FrameCodec.encode(beat, by: SimulatedAuthenticator()),
                from: host,
                rail: rail
            )
            if mutation == .ignoresBrokenLease, beat.role.claimsVIP, let heart = host.heart {
                renewBlindly(host, heart)
            }
        case .ask(let question): ask(question, from: host)
        case .askArbiter(let request): askArbiter(request, from: host)
        case .rememberPeer(let mac): write(.peer(mac), host)
        case .reserveEpochs(let epoch): write(.epoch(epoch), host)
        case .storeMaintenance(let isOn): write(.maintenance(isOn), host)
        case .resetSessions: host.surroundings.sessions = 0
        case .complete(let order, let outcome):
            say("\(host.name) order \(order): \(outcome)")
            monitor.completed(order, outcome, on: host, self)
        case .log(let notice): say("\(host.name) \(notice.text)")
        case .holdVIP:
            say("\(host.name) -> hold the virtual IP")
            if let heart = host.heart { beginLease(host, heart) }
        case .releaseVIP:
            say("\(host.name) -> release the virtual IP")
            closeLease(host)
            host.surroundings.sessions = 0
        case .suspendVIP:
            say("\(host.name) -> suspend the virtual IP")
            closeLease(host)
        case .renewLease(let end):
            if let heart = host.heart { renewLease(until: end, host, heart) }
        case .announceVIP: say("\(host.name) -> announce again")
        case .exit, .challengeSessions: break
        }
    }

    func send(
        _ bytes: [UInt8],
        from host: SimulatedHost,
        rail: Int,
        isRelease: Bool = false
    ) {
        let datagram = Datagram(
            bytes: bytes,
            from: host.index,
            rail: rail,
            boot: host.boot,
            epoch: host.heart?.node.epochs.highest ?? 0,
            isRelease: isRelease
        )
        for (arrival, delay) in network.carry(datagram, at: now, &dice) {
            timeline.plan(.arrival(arrival), at: now + delay)
        }
    }

    func mail(_ mail: Mail, to host: SimulatedHost, after delay: ClosedRange<Duration>) {
        timeline.plan(
            .mail(host: host.index, life: host.life, mail),
            at: now + dice.duration(delay)
        )
    }

    private func write(_ job: DiskJob, _ host: SimulatedHost) {
        timeline.plan(
            .diskWritten(host: host.index, life: host.life, job),
            at: now + dice.duration(host.disk.latency)
        )
    }

    func diskWritten(_ index: Int, _ life: Int, _ job: DiskJob) {
        let host = hosts[index]
        guard host.heart?.life == life, !host.disk.isFull else { return }
        switch job {
        case .epoch(let epoch):
            if mutation != .forgetsEpochs { host.disk.epoch = epoch }
            host.disk.promisedEpoch = epoch
            mail(.epochsReserved(epoch), to: host, after: .zero...(.milliseconds(1)))
        case .maintenance(let isOn): host.disk.inMaintenance = isOn
        case .peer(let mac): host.disk.peerMAC = mac
        }
    }

    /// Measures, and tells the heart.
    func clerkTicks(_ index: Int, _ life: Int) {
        let host = hosts[index]
        guard host.heart?.life == life else { return }
        let clock = host.clock(at: now)
        if host.surroundings.serversUsable {
            host.surroundings.lastSuccess = clock
        } else {
            host.surroundings.lastFailure = clock
        }
        tellReadiness(of: host)
        timeline.plan(
            .clerk(host: index, life: life),
            at: now + dice.duration(.milliseconds(200)...(.milliseconds(400)))
        )
    }

    func tellReadiness(of host: SimulatedHost) {
        let readiness = host.measuredReadiness(now: host.clock(at: now))
        mail(.readiness(readiness), to: host, after: .zero...(.milliseconds(1)))
    }

    /// What the kernel has said gets into the daemon's socket, sooner or later.
    func tellNotifications(of host: SimulatedHost) {
        let batches = host.kernel.untold
        host.kernel.untold = []
        guard host.heart != nil, !batches.isEmpty else { return }
        let at = max(now + host.kernel.notificationDelay, host.kernel.lastNotificationAt)
        if at <= now {
            host.kernel.readable += batches
        } else {
            host.kernel.lastNotificationAt = at
            timeline.plan(.notifications(host: host.index, batches), at: at)
        }
    }

    func announce(_ announcement: Announcement, from host: SimulatedHost) -> ReconcilerEvent {
        guard mutation != .announcesNothing else { return .announced(announcement, frames: 2) }
        guard host.kernel.link.index == announcement.index else {
            return .announcementFailed(announcement, .interfaceGone)
        }
        guard host.kernel.link.isUp else {
            return .announcementFailed(announcement, .interfaceDown)
        }
        guard host.hasNoFence || host.kernel.fence.passes(at: host.clock(at: now)) else {
            return .announcementFailed(announcement, .queueFull)
        }
        say("\(host.name) announces \(announcement.address.address)")
        if host.kernel.link.hasCarrier {
            monitor.announced(host, self)
            announced(by: host)
            if segment.reaches(host.index), announcement.address == addresses[0] {
                segment.belief = host.index
            }
        }
        return .announced(announcement, frames: 2)
    }
}
