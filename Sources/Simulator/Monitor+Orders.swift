internal import PairControl
internal import Primitives

/// What is promised to operators.
extension Monitor {
    /// No order may stay unanswered for longer by a daemon that runs.
    private static let orderLimit: Duration = .seconds(8)

    mutating func ordered(_ order: Order, on host: SimulatedHost, _ world: World) {
        records[host.index].orders[order.id] = OpenOrder(
            order: order,
            life: host.life,
            givenAt: world.now
        )
    }

    mutating func completed(
        _ id: UInt32,
        _ outcome: OrderOutcome,
        on host: SimulatedHost,
        _ world: World
    ) {
        guard let open = records[host.index].orders.removeValue(forKey: id) else {
            fail(.orderEnds, "order \(id) ended twice on \(host.name)", world)
            return
        }
        // The truth of an outcome is checked where nothing interfered.
        guard case .done = outcome, open.isUndisturbed, isCalm(world),
            open.givenAt - disturbedAt > settings.bootHold + .seconds(1)
        else { return }
        switch open.order.kind {
        case .failover(let target):
            guard records[0].serves != records[1].serves else {
                fail(.orderTrue, "order \(id) is done and not one node serves", world)
                return
            }
            guard let target, let holder = world.hosts.first(where: { $0.name == target }) else {
                return
            }
            if !records[holder.index].serves {
                fail(.orderTrue, "order \(id) is done and \(target) does not serve", world)
            }
        case .maintenanceOn:
            if records[host.index].serves {
                fail(.orderTrue, "order \(id) is done and \(host.name) serves", world)
            }
        case .maintenanceOff, .stop: break
        }
    }

    mutating func checkOrders(_ world: World) {
        for host in world.hosts {
            for open in records[host.index].orders.values {
                if case .stop = open.order.kind { continue }
                let since = max(open.givenAt, disturbedAt)
                guard host.isWell, world.now - since > Self.orderLimit else { continue }
                fail(.orderEnds, "order \(open.order.id) on \(host.name) has no outcome", world)
            }
        }
    }
}
