internal import PairControl
internal import Primitives

/// One run of the world from a seed: both start, things go wrong, all faults end, calm returns.
package struct Schedule: Sendable {
    package var seed: UInt64
    package var pattern: Pattern?
    package var mutation: Mutation?
    /// The pair has an arbiter.
    package var hasArbiter: Bool
    package var protections = Protections.shipped

    package init(
        seed: UInt64,
        pattern: Pattern? = nil,
        mutation: Mutation? = nil,
        hasArbiter: Bool = false
    ) {
        self.seed = seed
        self.pattern = pattern
        self.mutation = mutation
        self.hasArbiter = hasArbiter
    }

    package struct Result: Sendable {
        package var violation: Violation?
        /// One line for each event; empty unless asked for.
        package var trace: [String]
        package var activations: Int
        package var excused: [Excuse: Int]
        package var patternName: String
    }

    package func run(recordsTrace: Bool = false) -> Result {
        let world = World(
            seed: seed,
            pattern: pattern,
            mutation: mutation,
            hasArbiter: hasArbiter,
            protections: protections,
            recordsTrace: recordsTrace
        )
        play(world)
        return Result(
            violation: world.monitor.violation,
            trace: world.trace.lines,
            activations: world.monitor.activations,
            excused: world.monitor.excused,
            patternName: world.pattern.name
        )
    }

    private func play(_ world: World) {
        boot(world)
        world.actionsLeft =
            world.pattern.actions.lowerBound + world.dice.below(world.pattern.actions.count)
        let calm = world.dice.chance(permille: 700)
        let first = world.dice.duration(.zero...(calm ? .seconds(4) : .milliseconds(50)))
        world.timeline.plan(.action, at: world.now + first)
        while world.actionsLeft > 0, world.monitor.violation == nil {
            world.run(until: world.now + .milliseconds(500))
        }
        world.run(until: world.now + world.dice.anyScale(.milliseconds(1)...(.seconds(2))))
        guard world.monitor.violation == nil else { return }
        world.healAll()
        // What still hangs or lies dead stays so for a moment: the other one has to manage alone.
        world.run(until: world.now + world.dice.duration(.zero...(.seconds(1))))
        guard world.monitor.violation == nil else { return }
        world.reviveAll()
        world.run(until: world.now + .milliseconds(100))
        guard world.monitor.violation == nil else { return }
        world.endMaintenance()
        let settled = world.monitor.settings.bootHold + .seconds(4)
        world.run(until: world.now + settled)
    }

    private func boot(_ world: World) {
        let gap = world.dice.anyScale(.microseconds(1)...(.seconds(3)))
        let first = world.dice.below(2)
        for host in world.hosts {
            host.life = 0
            host.surroundings.settleTime =
                world.dice.anyScale(.milliseconds(1)...(.seconds(2)))
        }
        world.timeline.plan(.starts(host: first, life: 0), at: world.now)
        world.timeline.plan(.starts(host: 1 - first, life: 0), at: world.now + gap)
        if world.dice.chance(permille: 100) {
            world.say("the rails are blocked from the start")
            for from in 0...1 {
                for rail in world.network.paths[from].indices {
                    world.network.paths[from][rail].isBlocked = true
                    world.timeline.plan(
                        .faultEnds(.path(from: from, rail: rail)),
                        at: world.now + world.dice.anyScale(.milliseconds(10)...(.seconds(8)))
                    )
                }
            }
        }
    }
}
