internal import Heartbeat
internal import Primitives

/// What operators ask, here or through the other node.
extension Node {
    mutating func take(_ order: Order, now: Instant) {
        if case .stop = order.kind {
            stop(order, now: now)
            return
        }
        guard pending == nil else {
            complete(order, .refused("another order is being carried out"))
            return
        }
        switch order.kind {
        case .failover(let target): failover(order, to: target, now: now)
        case .maintenanceOn(let force): maintenanceOn(order, force: force, now: now)
        case .maintenanceOff: maintenanceOff(order, now: now)
        case .stop: break
        }
    }

    mutating func complete(_ order: Order, _ outcome: OrderOutcome) {
        output.append(.complete(order: order.id, outcome))
    }

    mutating func completePending(_ outcome: OrderOutcome) {
        guard let pending else { return }
        self.pending = nil
        complete(pending.order, outcome)
    }

    private mutating func failover(_ order: Order, to target: String?, now: Instant) {
        let own = settings.own.name
        let peer = settings.peer.name
        if let target, target != own, target != peer {
            complete(order, .refused("\(target) is not a node of this pair: \(own) or \(peer)"))
            return
        }
        if case .active(let activation) = state {
            guard target != own else {
                complete(order, .done("\(own) holds the virtual IP already", downtime: nil))
                return
            }
            if let obstacle = handoverObstacle(now: now) {
                complete(order, .refused(obstacle))
                return
            }
            pending = PendingOrder(order: order, until: .distantFuture)
            yield(activation, .failover, "an operator asked for it", order: order.id, now: now)
            return
        }
        requestVIP(order, target: target, now: now)
    }

    /// Asked on a node that does not hold the virtual IP.
    private mutating func requestVIP(_ order: Order, target: String?, now: Instant) {
        let peer = settings.peer.name
        guard let beat = livePeer(now: now), beat.role == .active else {
            complete(order, .refused("\(peer) does not hold the virtual IP either"))
            return
        }
        guard target != peer else {
            complete(order, .done("\(peer) holds the virtual IP already", downtime: nil))
            return
        }
        guard case .standby = state else {
            complete(order, .refused("\(settings.own.name) is \(state.role)"))
            return
        }
        guard readiness.isAble else {
            let what = readiness.shortcomings.first ?? "it is not able"
            complete(order, .refused("\(settings.own.name) is not ready: \(what)"))
            return
        }
        pending = PendingOrder(order: order, until: now + PairSettings.yieldLimit)
        nextBeatAt = now
    }

    /// The peer asks for the virtual IP on behalf of its operator.
    mutating func answerRequest(
        _ peer: Beat,
        _ activation: NodeState.Activation,
        now: Instant
    ) {
        guard peer.requestID != 0, peer.requestID != answeredRequest else { return }
        answeredRequest = peer.requestID
        nextBeatAt = now
        if pending != nil {
            refusal = .busy
        } else if handoverObstacle(now: now) != nil {
            refusal = .requesterNotReady
        } else {
            refusal = .none
            let why = "an operator asked for it on \(settings.peer.name)"
            yield(activation, .failover, why, order: nil, now: now)
        }
    }

    /// Watches an order that this node cannot end by itself.
    mutating func followOrder(now: Instant) {
        guard let order = pending, case .failover = order.order.kind, !isYielding else { return }
        if let peer = livePeer(now: now) {
            if peer.refusedRequestID == order.order.id {
                completePending(.refused("\(settings.peer.name) \(words(for: peer.refusal))"))
                return
            }
            if !peer.role.claimsVIP, order.vacantSince == nil, order.until < .distantFuture {
                // The way here is shorter than the clock can tell apart.
                pending?.vacantSince = now - .microseconds(Int64(peer.yieldingMicroseconds))
            }
        }
        guard now >= order.until else { return }
        completePending(.failed("\(settings.peer.name) did not give the virtual IP up in time"))
    }

    private func words(for refusal: Refusal) -> String {
        switch refusal {
        case .none, .busy: "is busy with another order"
        case .requesterNotReady: "says that this node is not ready"
        }
    }

    /// The virtual IP arrived on the node where the operator asked for it.
    mutating func finishTakeoverOrder(now: Instant) {
        guard let order = pending, case .failover = order.order.kind, order.until < .distantFuture
        else { return }
        let text = "the virtual IP is on \(settings.own.name)"
        completePending(.done(text, downtime: order.vacantSince.map { now - $0 }))
    }

    private mutating func stop(_ order: Order, now: Instant) {
        completePending(.failed("\(settings.own.name) is being stopped"))
        switch state {
        case .active(let activation), .activating(let activation, _):
            release(activation, .stop, now: now)
        case .releasing(var release):
            release.next = .stop
            state = .releasing(release)
        case .stopping:
            break
        case .starting, .standby, .fenced, .maintenance, .fault:
            resetFencedSessions()
            startStopping("stopped in order", now: now)
        }
    }
}
