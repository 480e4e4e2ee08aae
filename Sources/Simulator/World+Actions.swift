internal import PairControl
internal import Primitives
internal import VIPManager

/// Random actions, and the end of their faults.
extension World {
    private static let faultLength: ClosedRange<Duration> = .milliseconds(1)...(.seconds(6))

    func act() {
        let action = pattern.choose(&dice)
        apply(action, to: dice.below(2))
        monitor.disturbed(self)
        actionsLeft -= 1
        guard actionsLeft > 0 else { return }
        let pause = dice.anyScale(.milliseconds(1)...pattern.pauseLimit)
        timeline.plan(.action, at: now + pause)
    }

    private func apply(_ action: Action, to index: Int) {
        let host = hosts[index]
        switch action {
        case .lose, .loseOneWay, .block, .blockOneWay, .blockOneRail, .holdUp, .duplicate, .corrupt:
            harm(action, from: index)
        case .replay: replay()
        case .healNetwork: healNetwork()
        case .cutSegment:
            segment.cut(atSideOf: index, at: now)
            say("the segment is cut, the client is on the side of \(host.name)")
            plan(.segment)
        case .changeFabric:
            segment.fabric = dice.pick([.suppressing, .proxying])
            say("the segment is \(segment.fabric)")
            plan(.fabric)
        case .cutArbiter, .stopArbiter, .slowArbiter: harmArbiter(action, of: host)
        case .pauseProcess:
            interrupt(host, .pause(dice.anyScale(.milliseconds(1)...(.seconds(4)))))
        case .pauseHost:
            let length = dice.anyScale(.milliseconds(1)...(.seconds(4)))
            pauseHost(index, length, keepsFrames: dice.chance(permille: 500))
        case .crash: interrupt(host, .crash(withGuardian: false))
        case .crashWithGuardian: interrupt(host, .crash(withGuardian: true))
        case .powerOff: powerOff(index)
        case .start:
            guard host.heart == nil, host.staysDown, !host.isPaused else { return }
            start(index)
        case .slowDisk, .fullDisk, .loseEpochFile, .restoreEpochFile: harmDisk(action, of: host)
        case .refuseAdd, .refuseRemove, .lateCalls, .lateNotifications, .loseNotifications,
            .flapLink, .downLink, .recreateLink, .removeAddress:
            harmKernel(action, of: host)
        case .failover, .maintenanceOn, .maintenanceForce, .maintenanceOff, .stop:
            order(action, on: host)
        case .relay, .servers, .serversEverywhere, .sessions: changeReadiness(action, of: host)
        }
    }

    private func plan(_ fault: Fault) {
        timeline.plan(.faultEnds(fault), at: now + dice.anyScale(Self.faultLength))
    }

    private func harm(_ action: Action, from index: Int) {
        let both = [Action.lose, .block, .holdUp, .corrupt, .duplicate].contains(action)
        let level = 50 + dice.below(950)
        let length = dice.anyScale(.milliseconds(2)...(.milliseconds(800)))
        let chosen = action == .blockOneRail ? dice.below(network.paths[0].count) : nil
        say("network: \(action) from \(both ? "both" : hosts[index].name)")
        for from in both ? [0, 1] : [index] {
            for rail in network.paths[from].indices where chosen.map({ $0 == rail }) ?? true {
                switch action {
                case .lose, .loseOneWay: network.paths[from][rail].lossPermille = level
                case .holdUp: network.paths[from][rail].heldUp = length
                case .duplicate: network.paths[from][rail].duplicatePermille = level
                case .corrupt: network.paths[from][rail].corruptPermille = level
                default: network.paths[from][rail].isBlocked = true
                }
                plan(.path(from: from, rail: rail))
            }
        }
    }

    private func harmArbiter(_ action: Action, of host: SimulatedHost) {
        say("arbiter: \(action) \(action == .cutArbiter ? host.name : "")")
        switch action {
        case .slowArbiter:
            arbiter.pace = SimulatedArbiter.slowPace
            plan(.arbiterPace)
        case .cutArbiter:
            arbiter.isReached[host.index] = false
            plan(.arbiter(host: host.index))
        default:
            for host in hosts {
                arbiter.isReached[host.index] = false
                plan(.arbiter(host: host.index))
            }
        }
    }

    private func replay() {
        guard !network.recorded.isEmpty else { return }
        let count = 1 + dice.below(8)
        say("network: \(count) recordings are replayed")
        for _ in 0..<count {
            let delay = dice.duration(.microseconds(10)...(.milliseconds(60)))
            let isRelease = !network.recordedReleases.isEmpty && dice.chance(permille: 300)
            let recording = dice.pick(isRelease ? network.recordedReleases : network.recorded)
            timeline.plan(.arrival(recording), at: now + delay)
        }
    }

    private func interrupt(_ host: SimulatedHost, _ kind: Interruption.Kind) {
        guard host.heart != nil, host.interruption == nil else { return }
        if host.status == .running, dice.chance(permille: 300) {
            switch kind {
            case .crash(let withGuardian): crash(host.index, withGuardian: withGuardian)
            case .pause(let length): pauseProcess(host.index, length)
            }
        } else {
            host.interruption = Interruption(after: 1 + dice.below(40), kind: kind)
        }
    }

    private func harmDisk(_ action: Action, of host: SimulatedHost) {
        say("\(host.name) disk: \(action)")
        switch action {
        case .slowDisk: host.disk.latency = .milliseconds(100)...(.seconds(3))
        case .fullDisk: host.disk.isFull = true
        case .loseEpochFile:
            host.disk.epoch = 0
            host.disk.isTruthful = false
            host.disk.peerMAC = nil
            return
        default:
            host.disk.epoch = host.disk.epoch / 2
            // From before the hardware was replaced.
            host.disk.peerMAC = host.disk.peerMAC.map { MACAddress($0.value ^ 0xF0) }
            host.disk.isTruthful = false
            return
        }
        plan(.disk(host: host.index))
    }

    private func harmKernel(_ action: Action, of host: SimulatedHost) {
        say("\(host.name) kernel: \(action)")
        let refusals: [SimulatedKernel.Refusal] = [
            .permission, .busy, .unanswered, .unansweredButDone,
        ]
        switch action {
        case .refuseAdd:
            host.kernel.refusesAdd = dice.pick(refusals)
            plan(.kernelCalls(host: host.index))
        case .refuseRemove:
            host.kernel.refusesRemove = dice.pick(refusals)
            plan(.kernelCalls(host: host.index))
        case .lateCalls:
            host.kernel.lateness = dice.anyScale(.microseconds(100)...(.seconds(1)))
            plan(.kernelCalls(host: host.index))
        case .lateNotifications:
            host.kernel.notificationDelay = dice.anyScale(.microseconds(100)...(.seconds(1)))
            plan(.notifications(host: host.index))
        case .loseNotifications: host.kernel.untold = [[.notificationsLost]]
        case .flapLink, .downLink:
            host.kernel.setLink(isUp: action == .flapLink, hasCarrier: false)
            plan(.link(host: host.index))
        case .recreateLink: host.kernel.recreateLink()
        default: host.kernel.removeByHand(dice.pick(addresses).address)
        }
        kernelChanged(host)
    }

    func kernelChanged(_ host: SimulatedHost) {
        segment.noticeTrouble(at: now)
        tellNotifications(of: host)
        monitor.addressesChanged(host, byItself: false, self)
        run(host.index)
    }

    private func order(_ action: Action, on host: SimulatedHost) {
        guard host.heart != nil else { return }
        nextOrder += 1
        let kind: Order.Kind =
            switch action {
            case .failover:
                .failover(to: dice.pick([nil, nil, hosts[0].name, hosts[1].name]))
            case .maintenanceOn: .maintenanceOn(force: false)
            case .maintenanceForce: .maintenanceOn(force: true)
            case .maintenanceOff: .maintenanceOff
            default: .stop
            }
        give(kind, to: host)
    }

    func give(_ kind: Order.Kind, to host: SimulatedHost) {
        say("\(host.name) order \(nextOrder) is given: \(kind)")
        monitor.ordered(Order(id: nextOrder, kind: kind), on: host, self)
        mail(
            .order(Order(id: nextOrder, kind: kind)),
            to: host,
            after: .zero...(.milliseconds(1))
        )
    }

    private func changeReadiness(_ action: Action, of host: SimulatedHost) {
        switch action {
        case .relay: host.surroundings.relayServes.toggle()
        case .servers: host.surroundings.serversUsable.toggle()
        case .serversEverywhere:
            for other in hosts { other.surroundings.serversUsable.toggle() }
        default: host.surroundings.sessions = dice.below(50)
        }
        say(
            "\(host.name) relay \(host.surroundings.relayServes), servers "
                + "\(hosts.map(\.surroundings.serversUsable)), sessions "
                + "\(host.surroundings.sessions)"
        )
        for other in hosts where other.heart != nil { tellReadiness(of: other) }
    }
}
