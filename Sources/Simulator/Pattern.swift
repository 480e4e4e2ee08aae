/// Something that befalls the world.
enum Action: CaseIterable {
    // The network.
    case lose, loseOneWay, block, blockOneWay, blockOneRail, holdUp, duplicate, corrupt, replay
    case healNetwork, cutSegment, changeFabric, cutArbiter, stopArbiter, slowArbiter
    // Processes and hosts.
    case pauseProcess, pauseHost, crash, crashWithGuardian, powerOff, start
    // Disks.
    case slowDisk, fullDisk, loseEpochFile, restoreEpochFile
    // Kernels.
    case refuseAdd, refuseRemove, lateCalls, lateNotifications, loseNotifications
    case flapLink, downLink, recreateLink, removeAddress
    // Operators and the rest of the daemon.
    case failover, maintenanceOn, maintenanceForce, maintenanceOff, stop
    case relay, servers, serversEverywhere, sessions
}

/// A named way in which things go wrong together.
package struct Pattern: Sendable {
    package let name: String
    let weights: [(Action, Int)]
    /// The longest pause between two actions.
    let pauseLimit: Duration
    let actions: ClosedRange<Int>
    private let total: Int

    init(
        _ name: String,
        actions: ClosedRange<Int> = 6...16,
        pauseLimit: Duration = .seconds(2),
        _ weights: [(Action, Int)]
    ) {
        self.name = name
        self.weights = weights
        self.pauseLimit = pauseLimit
        self.actions = actions
        total = weights.reduce(0) { $0 + $1.1 }
    }

    func choose(_ dice: inout SplitMix64) -> Action {
        var left = dice.below(total)
        for (action, weight) in weights {
            if left < weight { return action }
            left -= weight
        }
        return weights[0].0
    }

    private static let daily: [(Action, Int)] = [
        (.failover, 4), (.maintenanceOn, 2), (.maintenanceOff, 2), (.maintenanceForce, 1),
        (.stop, 1), (.start, 4), (.relay, 2), (.servers, 2), (.serversEverywhere, 1),
        (.sessions, 2),
    ]
    private static let network: [(Action, Int)] = [
        (.lose, 2), (.loseOneWay, 2), (.block, 2), (.blockOneWay, 2), (.blockOneRail, 2),
        (.holdUp, 2), (.duplicate, 1), (.corrupt, 1), (.replay, 3), (.healNetwork, 2),
    ]
    private static let lives: [(Action, Int)] = [
        (.crash, 2), (.crashWithGuardian, 4), (.powerOff, 2), (.start, 5),
    ]
    private static let pauses: [(Action, Int)] = [(.pauseProcess, 4), (.pauseHost, 3)]
    private static let kernel: [(Action, Int)] = [
        (.refuseAdd, 2), (.refuseRemove, 2), (.lateCalls, 2), (.lateNotifications, 2),
        (.loseNotifications, 1), (.flapLink, 2), (.downLink, 1), (.recreateLink, 1),
        (.removeAddress, 3),
    ]
    private static let arbiter: [(Action, Int)] = [
        (.cutArbiter, 3), (.stopArbiter, 2), (.slowArbiter, 2),
    ]
    private static let disk: [(Action, Int)] = [
        (.slowDisk, 2), (.fullDisk, 1), (.loseEpochFile, 1), (.restoreEpochFile, 1),
    ]

    package static let all: [Pattern] = [
        Pattern("operators and readiness", daily),
        Pattern("bad network", daily + network + network),
        Pattern("storm of cuts", pauseLimit: .milliseconds(400), network + [(.failover, 1)]),
        Pattern("kills and restarts", daily + lives + lives + [(.replay, 3)]),
        Pattern("stops", daily + pauses + pauses),
        Pattern(
            "stops while it moves",
            pauseLimit: .milliseconds(400),
            [
                (.failover, 6), (.pauseProcess, 6), (.pauseHost, 2), (.crashWithGuardian, 2),
                (.start, 2), (.replay, 2), (.maintenanceForce, 1), (.maintenanceOff, 2),
            ]
        ),
        Pattern("unwilling kernel", daily + kernel + kernel),
        Pattern("bad disk", daily + lives + disk + disk),
        Pattern("cut segment", daily + network + [(.cutSegment, 6), (.block, 6)]),
        Pattern(
            "strange fabric",
            daily + network + lives + pauses
                + [(.changeFabric, 8), (.block, 8), (.cutSegment, 2), (.loseEpochFile, 2)]
        ),
        Pattern(
            "everything at once",
            actions: 10...24,
            pauseLimit: .milliseconds(700),
            daily + network + lives + pauses + kernel + disk
                + [(.cutSegment, 2), (.changeFabric, 2), (.block, 2)]
        ),
        Pattern(
            "everything, slowly",
            actions: 4...8,
            pauseLimit: .seconds(4),
            daily + network + lives + pauses + kernel + disk
        ),
    ]

    /// For a pair with an arbiter: what it is for, and what may be wrong with it.
    package static let withArbiter: [Pattern] = [
        Pattern(
            "cut segment",
            daily + network + [(.cutSegment, 10), (.block, 10)] + arbiter
        ),
        Pattern(
            "everything at once",
            actions: 10...24,
            pauseLimit: .milliseconds(700),
            daily + network + lives + pauses + kernel + disk + arbiter + arbiter
                + [(.cutSegment, 8), (.block, 8)]
        ),
    ]
}

/// What has to be put right again when a fault ends.
enum Fault {
    case path(from: Int, rail: Int)
    case segment
    case fabric
    case kernelCalls(host: Int)
    case notifications(host: Int)
    case link(host: Int)
    case disk(host: Int)
    case arbiter(host: Int)
    case arbiterPace
}
