internal import PairControl
internal import Primitives
internal import VIPManager

/// A failover as it should be: a world without chance, steps by hand, and what happens, line by
/// line.
package struct Scene: Sendable {
    package enum Step: Sendable {
        case wait(Duration)
        case start(Int)
        /// Kill -9 of the daemon; its guardian acts.
        case kill(Int)
        case killWithGuardian(Int)
        case powerOff(Int)
        case hang(Int, Duration)
        case failover(Int)
        case maintenance(Int, isOn: Bool)
        case stop(Int)
        case relay(Int, serves: Bool)
        case blockRails
        case healRails
        /// Between the two, with client and gateway on the side of this host.
        case cutSegment(Int)
        case healSegment
        case removeAddress(Int)
    }

    package let name: String
    let steps: [Step]

    package init(_ name: String, _ steps: [Step]) {
        self.name = name
        self.steps = steps
    }

    /// One line for each event.
    package func play() -> [String] {
        let world = World(
            seed: 1,
            pattern: Pattern.all[0],
            mutation: nil,
            hasArbiter: false,
            protections: .shipped,
            recordsTrace: true
        )
        for step in steps {
            carryOut(step, world)
            if let violation = world.monitor.violation {
                return world.trace.lines + ["\(violation)"]
            }
        }
        return world.trace.lines
    }

    private func carryOut(_ step: Step, _ world: World) {
        switch step {
        case .wait(let length): world.run(until: world.now + length)
        case .start(let host): world.start(host)
        case .kill(let host): world.crash(host, withGuardian: true)
        case .killWithGuardian(let host): world.crash(host, withGuardian: false)
        case .powerOff(let host): world.powerOff(host)
        case .hang(let host, let length): world.pauseProcess(host, length)
        case .failover(let host): order(.failover(to: nil), host, world)
        case .maintenance(let host, let isOn):
            order(isOn ? .maintenanceOn(force: false) : .maintenanceOff, host, world)
        case .stop(let host): order(.stop, host, world)
        case .relay(let host, let serves):
            world.hosts[host].surroundings.relayServes = serves
            world.say("\(world.hosts[host].name) relay \(serves ? "serves" : "hangs")")
            world.tellReadiness(of: world.hosts[host])
        case .blockRails:
            world.say("the rails are blocked")
            for from in 0...1 {
                for rail in world.network.paths[from].indices {
                    world.network.paths[from][rail].isBlocked = true
                }
            }
        case .healRails: world.healNetwork()
        case .cutSegment(let host):
            world.say("the segment is cut, the client is with \(world.hosts[host].name)")
            world.segment.cut(atSideOf: host, at: world.now)
        case .healSegment:
            world.say("the segment is whole")
            world.segment.cut(atSideOf: nil, at: world.now)
        case .removeAddress(let host):
            world.say("\(world.hosts[host].name) something removes the address")
            world.hosts[host].kernel.removeByHand(world.addresses[0].address)
            world.kernelChanged(world.hosts[host])
        }
        world.monitor.disturbed(world)
    }

    private func order(_ kind: Order.Kind, _ host: Int, _ world: World) {
        world.nextOrder += 1
        world.give(kind, to: world.hosts[host])
    }
}
