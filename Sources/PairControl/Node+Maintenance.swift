internal import Heartbeat
internal import Primitives

/// The operator's "stay away": given, kept across restarts, taken back.
extension Node {
    mutating func maintenanceOn(_ order: Order, force: Bool, now: Instant) {
        if case .maintenance = state {
            complete(order, .done("\(settings.own.name) is in maintenance already", downtime: nil))
            return
        }
        if !force, let obstacle = maintenanceObstacle(now: now) {
            complete(
                order,
                .refused("\(obstacle): no node would hold the virtual IP (--force does it anyway)")
            )
            return
        }
        switch state {
        case .active(let activation), .activating(let activation, _):
            pending = PendingOrder(order: order, until: .distantFuture)
            log(.yielding(to: settings.peer.name, why: "maintenance of \(settings.own.name)"))
            release(activation, .maintenance(order: order.id), now: now)
        case .releasing, .stopping:
            complete(order, .refused("\(settings.own.name) is giving the virtual IP away"))
        case .starting, .standby, .fenced, .fault, .maintenance:
            resetFencedSessions()
            storeMaintenance(now: now)
            complete(order, .done("\(settings.own.name) is in maintenance", downtime: nil))
        }
    }

    /// Why the pair would be left without a holder.
    private func maintenanceObstacle(now: Instant) -> String? {
        if let peer = livePeer(now: now), peer.role.claimsVIP, !state.role.claimsVIP { return nil }
        return handoverObstacle(now: now)
    }

    private mutating func storeMaintenance(now: Instant) {
        become(.maintenance(since: now), "asked for by an operator", now: now)
        output.append(.storeMaintenance(true))
    }

    /// The addresses are gone; the order ends when the peer says that it has them.
    mutating func enterMaintenance(order: UInt32, releasedAt: Instant, now: Instant) {
        storeMaintenance(now: now)
        guard pending?.order.id == order else { return }
        guard peerMayTakeOver(now: now) else {
            let text = "\(settings.own.name) is in maintenance; no node holds the virtual IP"
            completePending(.done(text, downtime: nil))
            return
        }
        pending?.vacantSince = releasedAt
        pending?.until = now + PairSettings.yieldLimit
    }

    /// Whether there is somebody to wait for; after `--force` there may be nobody.
    private func peerMayTakeOver(now: Instant) -> Bool {
        guard let peer = livePeer(now: now) else { return false }
        return peer.role == .standby && peer.readiness.isSuperset(of: .able)
    }

    /// Ends a pending maintenance order by what the peer did.
    mutating func followMaintenance(now: Instant) {
        guard let order = pending, case .maintenanceOn = order.order.kind,
            let vacantSince = order.vacantSince
        else { return }
        if livePeer(now: now)?.role == .active {
            completePending(
                .done(
                    "\(settings.own.name) is in maintenance, \(movedText)",
                    downtime: now - vacantSince
                )
            )
        } else if now >= order.until {
            completePending(
                .failed(
                    "\(settings.own.name) is in maintenance, but \(settings.peer.name) has not "
                        + "taken the virtual IP"
                )
            )
        }
    }

    mutating func maintenanceOff(_ order: Order, now: Instant) {
        guard case .maintenance = state else {
            complete(order, .done("\(settings.own.name) is not in maintenance", downtime: nil))
            return
        }
        // An order does not replace the listening after a start.
        let next: NodeState =
            now < listensUntil
            ? .starting(until: listensUntil) : .standby(.init(since: now, yielding: nil))
        become(next, "maintenance ended by an operator", now: now)
        output.append(.storeMaintenance(false))
        complete(order, .done("\(settings.own.name) is \(next.role) again", downtime: nil))
    }
}
