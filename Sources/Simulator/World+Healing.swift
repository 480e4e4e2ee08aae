internal import Heartbeat
internal import PairControl
internal import Primitives

/// How faults end.
extension World {
    func end(_ fault: Fault) {
        switch fault {
        case .path(let from, let rail): network.paths[from][rail] = Path()
        case .segment: segment.cut(atSideOf: nil, at: now)
        case .fabric: segment.fabric = .plain
        case .arbiter(let index): arbiter.isReached[index] = true
        case .arbiterPace: arbiter.pace = SimulatedArbiter.normalPace
        case .kernelCalls(let index):
            hosts[index].kernel.refusesAdd = nil
            hosts[index].kernel.refusesRemove = nil
            hosts[index].kernel.lateness = .zero
        case .notifications(let index): hosts[index].kernel.notificationDelay = .zero
        case .link(let index):
            hosts[index].kernel.setLink(isUp: true, hasCarrier: true)
            kernelChanged(hosts[index])
        case .disk(let index):
            hosts[index].disk.isFull = false
            hosts[index].disk.latency = .milliseconds(1)...(.milliseconds(20))
        }
        say("fault ends: \(fault)")
        monitor.disturbed(self)
    }

    func healNetwork() {
        for from in network.paths.indices {
            for rail in network.paths[from].indices { network.paths[from][rail] = Path() }
        }
        say("the network is whole")
    }

    /// All faults end. What an operator ordered stays so, except that nobody is kept away.
    func healAll() {
        say("all faults end")
        healNetwork()
        segment.cut(atSideOf: nil, at: now)
        segment.fabric = .plain
        end(.arbiterPace)
        for host in hosts {
            host.interruption = nil
            for fault: Fault in [
                .arbiter(host: host.index),
                .kernelCalls(host: host.index), .notifications(host: host.index),
                .link(host: host.index), .disk(host: host.index),
            ] {
                end(fault)
            }
            host.surroundings.relayServes = true
            host.surroundings.serversUsable = true
            if host.heart != nil { tellReadiness(of: host) }
        }
        monitor.disturbed(self)
    }

    /// Whatever is still down is started, whatever still stands goes on.
    func reviveAll() {
        for host in hosts {
            if host.isPaused {
                host.hostGeneration += 1
                resumeHost(host.index)
            }
            if host.status != .running, host.heart != nil {
                host.pauseGeneration += 1
                resumeProcess(host.index)
            }
            if host.heart == nil, host.staysDown { start(host.index) }
        }
        monitor.disturbed(self)
    }

    func endMaintenance() {
        for host in hosts where host.heart?.node.state.role == .maintenance {
            nextOrder += 1
            give(.maintenanceOff, to: host)
        }
        monitor.disturbed(self)
    }
}
