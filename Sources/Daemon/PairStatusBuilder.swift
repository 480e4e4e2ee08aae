internal import ControlPlane
internal import Heart
internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// The pair as one node knows it, in the words of `status`.
struct PairStatusBuilder {
    let settings: HeartSettings
    let snapshot: Heart.Snapshot
    let teller: SessionTeller.Snapshot?
    /// Who is asked as the arbiter, by URL.
    let arbiters: [String]
    let now: Instant
    let wall: WallTime

    var node: Node { snapshot.node }
    var own: PairMember { settings.pair.own }
    var peer: PairMember { settings.pair.peer }
    private var beat: Beat? { node.tracker.last }

    private var silence: Duration? { node.tracker.lastHeard.map { now - $0 } }

    private var peerIsHeard: Bool {
        guard let silence, beat?.kind == .beat else { return false }
        return silence < settings.pair.deadAfter
    }

    var status: PairStatus {
        let (holder, since, reason, epoch) = holding
        let nodes = [ownNode, peerNode].sorted { first, _ in
            (first.name == own.name) == (own.order == 0)
        }
        return PairStatus(
            name: settings.pair.name,
            virtualAddresses: settings.virtualAddresses.map { "\($0.address)" },
            holder: holder,
            since: since.map { age in
                PairStatus.Since(
                    millisecondsAgo: age.milliseconds,
                    at: wall.before(age).local.iso8601
                )
            },
            reason: reason,
            epoch: epoch,
            nodes: nodes,
            rails: rails,
            ledger: teller.map(ledger),
            segmentAlarm: segmentAlarm,
            arbiter: node.arbiter.map { arbiter in
                ArbiterStatus(
                    members: arbiters,
                    record: arbiter.record?.text,
                    fault: arbiter.fault,
                    confirmsHolder: arbiter.confirmsHolder,
                    refuses: arbiter.refuses
                )
            }
        )
    }

    /// Who holds the virtual IP as far as this node knows, since when, why, and with which epoch.
    private var holding: (String?, Duration?, String, UInt64) {
        switch node.state {
        case .active(let activation):
            let words = Self.words(activation.reason, holder: own, peer: peer)
            return (own.name, now - activation.since, words, activation.epoch)
        case .releasing(let release):
            return (own.name, nil, "it is being given away", release.activation.epoch)
        default: break
        }
        if case .pathCut = node.segmentAlarm?.alarm, node.state.role == .standby {
            return (
                peer.name, nil, "path cut, peer serving: it answers on the segment",
                beat?.activationEpoch ?? node.epochs.highest
            )
        }
        if peerIsHeard, let beat, beat.role == .active {
            let age = Duration.milliseconds(Int64(clamping: beat.activeMilliseconds))
            let words = Self.words(beat.activationReason, holder: peer, peer: own)
            return (peer.name, age, words, beat.activationEpoch)
        }
        return (nil, nil, vacancy, node.epochs.highest)
    }

    private static func words(
        _ reason: ActivationReason,
        holder: PairMember,
        peer: PairMember
    ) -> String {
        "took it because " + reason.sentence(holder: holder.name, peer: peer.name)
    }

    private var vacancy: String {
        switch node.state {
        case .starting(let until):
            let left = max(0, (until - now).milliseconds)
            return "\(own.name) has just started and listens for \(left) ms more"
        case .activating: return "\(own.name) is taking it"
        case .fenced: return "\(own.name) was fenced and asks whether \(peer.name) holds it"
        case .fault(let fault): return "\(own.name) cannot: \(fault.reason)"
        case .maintenance: return "\(own.name) is in maintenance"
        case .standby(let standby):
            return standby.yielding == nil
                ? "\(own.name) is standby" : "\(own.name) is handing it over to \(peer.name)"
        case .active, .releasing, .stopping: return "\(own.name) is stopping"
        }
    }

    private var ownNode: NodeStatus {
        NodeStatus(
            name: own.name,
            isThisNode: true,
            role: ownRole,
            bootID: StatusBuilder.short(node.bootID),
            notReadyBecause: node.readiness.shortcomings,
            readiness: node.readiness.facts.map {
                NodeStatus.Fact(name: $0.name, isMet: $0.fault == nil, reason: $0.fault)
            },
            sessions: node.readiness.clientSessions,
            priority: own.priority,
            isHeard: true,
            hasSameConfiguration: true,
            protocolVersion: "\(FrameVersion.current)",
            fence: FenceStatus(
                kind: Self.words(node.fence),
                outlivesMilliseconds: Int(node.fenceOutlives),
                fault: snapshot.fenceFault
            )
        )
    }

    private var ownRole: NodeStatus.Role {
        if case .fenced = node.state { .fenced } else { Self.role(node.state.role) }
    }

    private static func words(_ fence: FenceKind) -> FenceStatus.Kind {
        switch fence {
        case .none: .none
        case .addressLifetime: .addressLifetime
        case .deadline: .deadline
        }
    }

    private var peerNode: NodeStatus {
        NodeStatus(
            name: peer.name,
            isThisNode: false,
            role: beat.map { $0.isFenced ? .fenced : Self.role($0.role) },
            bootID: beat.map { StatusBuilder.short($0.bootID) },
            notReadyBecause: beat?.readiness.shortcomings ?? [],
            sessions: beat.map { Int($0.clientSessions) },
            priority: peer.priority,
            isHeard: peerIsHeard,
            lastHeardMillisecondsAgo: silence?.milliseconds,
            hasSameConfiguration: beat.map {
                $0.configurationDigest == settings.pair.configurationDigest
            },
            protocolVersion: beat.map { "\($0.version)" },
            fence: beat.map {
                FenceStatus(
                    kind: Self.words($0.fence),
                    outlivesMilliseconds: Int($0.fenceOutlives)
                )
            }
        )
    }

    private var segmentAlarm: PairStatus.SegmentAlarm? {
        node.segmentAlarm.map { alarm, since in
            PairStatus.SegmentAlarm(
                kind: Self.kind(alarm),
                millisecondsAgo: (now - since).milliseconds,
                text: alarm.text(peer: peer.name, isHolder: node.state.role == .active)
            )
        }
    }

    private static func kind(_ alarm: SegmentAlarm) -> PairStatus.SegmentAlarm.Kind {
        switch alarm {
        case .pathCut: .pathCut
        case .isolated: .isolated
        case .answered: .answered
        case .answeredByOthers: .answeredByOthers
        }
    }

    private static func role(_ role: Role) -> NodeStatus.Role {
        switch role {
        case .starting: .starting
        case .standby: .standby
        case .activating: .activating
        case .active: .active
        case .maintenance: .maintenance
        case .fault: .fault
        case .stopping: .stopping
        }
    }
}

extension PairStatusBuilder {
    /// What needs somebody, most urgent first.
    var alarms: [String] {
        var list: [String] = []
        if now - snapshot.at > .seconds(2) {
            list.append(
                "the heart of this node has not moved for \((now - snapshot.at).milliseconds) ms"
            )
        }
        if holding.0 == nil, !isMoving { list.append("no node holds the virtual IP") }
        if case .fault(let fault) = node.state { list.append("\(own.name): \(fault.reason)") }
        if let (alarm, _) = node.segmentAlarm {
            list.append(alarm.text(peer: peer.name, isHolder: node.state.role == .active))
        }
        list += arbiterAlarms
        list += peerAlarms
        if case .maintenance = node.state {
            list.append("\(own.name) is in maintenance: no redundancy")
        }
        return list
    }

    private var arbiterAlarms: [String] {
        guard let arbiter = node.arbiter else { return [] }
        var list: [String] = []
        if arbiter.refuses, let record = arbiter.record {
            list.append(Notice.refusedByArbiter(peer: peer.name, record).text)
        }
        if let fault = arbiter.fault { list.append(Notice.arbiterLost(fault).text) }
        return list
    }

    private var isMoving: Bool {
        switch node.state {
        case .starting, .activating, .releasing, .fenced: true
        case .standby(let standby): standby.yielding != nil
        case .active, .maintenance, .fault, .stopping: false
        }
    }

    /// Without the peer's voice, refused datagrams in its name are the likely reason.
    private var keyAlarms: [String] {
        guard !peerIsHeard else { return [] }
        if let major = node.tracker.foreignMajor {
            return [
                "beats of version \(major) come from \(peer.name) and are not understood here: "
                    + "each node acts alone until both run the same major version"
            ]
        }
        guard let count = node.tracker.drops[.unauthentic] else { return [] }
        return [
            "\(count) datagrams from \(peer.name) were refused as unauthentic: have both nodes "
                + "the same secret-file? With different keys each acts alone"
        ]
    }

    private var peerAlarms: [String] {
        guard let silence else {
            return keyAlarms + ["\(peer.name) has never been heard: no redundancy"]
        }
        guard peerIsHeard, let beat else {
            let left = beat?.role == .stopping ? "was stopped in order" : "has not been heard"
            let seconds = Double(silence.milliseconds / 100) / 10
            return keyAlarms + ["\(peer.name) \(left) for \(seconds) s: no redundancy"]
        }
        var list: [String] = []
        if !node.tracker.rails.contains(where: isHeardByPeer(_:)) {
            list.append(
                "\(peer.name) does not hear this node: is the heartbeat port blocked one way?"
            )
        }
        list += railAlarms
        if beat.configurationDigest != settings.pair.configurationDigest {
            list.append("\(peer.name) runs another configuration: compare the files and reload")
        }
        if beat.role == .maintenance || beat.role == .fault {
            list.append("\(peer.name) is in \(beat.role): no redundancy")
        }
        return list
    }
}
