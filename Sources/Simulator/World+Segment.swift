internal import PairControl
internal import Primitives
internal import VIPManager

/// Questions and answers on the segment of the virtual IP.
extension World {
    private func areConnected(_ host: SimulatedHost) -> Bool {
        segment.cutAtSideOf == nil && host.isPowered && host.kernel.link.isUsable
    }

    func ask(_ question: SegmentQuestion, from host: SimulatedHost) {
        guard host.kernel.link.isUsable else { return }
        guard mutation != .asksNobody else {
            tell(.witness, to: host)
            return
        }
        let reaches = segment.reaches(host.index)
        if question.asksWitnesses, segment.hasWitnesses, reaches || segment.fabric == .proxying {
            tell(.witness, to: host)
        }
        answerByFabric(question, host)
        guard areConnected(host) else { return }
        timeline.plan(
            .probed(by: host.index, question),
            at: now + dice.duration(SimulatedSegment.normalDelay)
        )
    }

    /// What the switches say themselves.
    private func answerByFabric(_ question: SegmentQuestion, _ host: SimulatedHost) {
        let other = hosts[1 - host.index]
        switch segment.fabric {
        case .plain: break
        case .suppressing:
            if question.asksAll, segment.belief == other.index {
                tell(.holder(other.mac), to: host)
            }
            if question.resolvesPeer { tell(.peer(other.mac), to: host) }
        case .proxying:
            if question.asksAll || question.peer == SimulatedSegment.proxy {
                tell(.holder(SimulatedSegment.proxy), to: host)
            }
            if question.resolvesPeer { tell(.peer(SimulatedSegment.proxy), to: host) }
        }
    }

    /// A volley arrives at the other host.
    func probed(by index: Int, _ question: SegmentQuestion) {
        let asking = hosts[index]
        let host = hosts[1 - index]
        guard areConnected(host), !host.isPaused else { return }
        let isForAll = question.asksAll && segment.fabric == .plain
        if segment.fabric == .plain, question.resolvesPeer { tell(.peer(host.mac), to: asking) }
        guard isForAll || question.peer == host.mac else { return }
        // Before its fence, as a packet socket hears.
        hear(.claim(asking.mac), host)
        if host.serves(addresses, at: now) {
            tell(.holder(host.mac), to: asking)
        } else {
            host.kernel.fence.isAsked(at: host.clock(at: now))
        }
    }

    /// Gratuitous ARP arrives at the other host.
    func announced(by host: SimulatedHost) {
        guard areConnected(host) else { return }
        let other = hosts[1 - host.index]
        guard areConnected(other), !other.isPaused else { return }
        tell(.holder(host.mac), to: other)
    }

    private func tell(_ news: SegmentNews, to host: SimulatedHost) {
        timeline.plan(
            .segmentHeard(host: host.index, news),
            at: now + dice.duration(SimulatedSegment.normalDelay)
        )
    }

    func hear(_ news: SegmentNews, _ host: SimulatedHost) {
        guard let heart = host.heart, host.isPowered, !host.isPaused else { return }
        guard !heart.heard.contains(news) else { return }
        heart.heard.append(news)
        run(host.index)
    }
}

/// The lease, as `VIPLease` keeps it.
extension World {
    func beginLease(_ host: SimulatedHost, _ heart: SimulatedHeart) {
        heart.isOpen = false
        host.kernel.fence.begin(decidedAt: heart.now)
        monitor.addressesChanged(host, byItself: false, self)
    }

    /// The addresses are there.
    func openLease(_ host: SimulatedHost, _ heart: SimulatedHeart) {
        heart.isOpen = true
        host.kernel.fence.deadline = heart.leaseEnd
        heart.isLatched = host.kernel.fence.latch > host.kernel.fence.decision
        monitor.addressesChanged(host, byItself: true, self)
    }

    func closeLease(_ host: SimulatedHost) {
        host.heart?.isOpen = false
        host.kernel.fence.deadline = .zero
        monitor.addressesChanged(host, byItself: false, self)
    }

    func renewLease(until end: Instant, _ host: SimulatedHost, _ heart: SimulatedHeart) {
        guard heart.isOpen else {
            heart.leaseEnd = end
            return
        }
        guard host.kernel.fence.prolong(until: end, clock: host.clock(at: now)) else {
            say("\(host.name) the fence is shut already")
            heart.addEvent(.leaseBroken)
            return
        }
        heart.leaseEnd = end
    }

    /// A daemon that does not look whether its lease is over, nor lets the kernel look.
    func renewBlindly(_ host: SimulatedHost, _ heart: SimulatedHeart) {
        heart.leaseEnd = heart.now + host.settings.deadAfter - host.settings.interval
        guard heart.isOpen else { return }
        host.kernel.fence.deadline = heart.leaseEnd
        monitor.addressesChanged(host, byItself: false, self)
    }
}
