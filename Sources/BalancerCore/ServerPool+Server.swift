internal import Primitives

extension ServerPool {
    /// Whether a server takes new sessions, and in which group.
    enum Standing: Sendable {
        case out
        case active
        case backup
    }

    /// A slot: a server of the configuration, or one that left it and still has sessions.
    struct Server: Sendable {
        var definition: ServerDefinition
        /// Its place in the configuration.
        var rank: Int
        /// Tells this server from others that have had its slot.
        let serial: UInt64
        /// `nil` when the server is not checked.
        var health: HealthState?
        var administrativeState: AdministrativeState
        /// `set weight`; outlives a reload.
        var operatorWeight: Weight?
        /// `set maxconn server`, 0 for no limit; outlives a reload.
        var operatorMaxConnections: Int?
        /// Left the configuration: finishes its sessions and gets no new ones.
        var isRetired = false
        var isCheckRunning = false
        /// `disable health`; outlives a reload.
        var isCheckSuspended = false
        /// `nil` when the server has none.
        var agent: Agent?
        /// As what the policies and counts of the pool know it.
        var standing = Standing.out
        var counters = ServerCounters()
        var lastOutcome: CheckOutcome?
        /// Of sessions, in a row, since the last that was weighed.
        var failedConnects = 0
        /// `maxconn` in force: less while it is coming back. `nil`: none.
        var sessionLimit: Int?
        /// Since when it has been coming back, while that lasts; see `slowstart`.
        var warmingSince: Instant?
        /// Nothing was found out about it and nothing ordered since it was placed.
        var isFresh = true
        /// Tells this health from every other one of the pool; see `CheckTicket`.
        var healthNumber: UInt64 = 0
        /// When `isServing` or the operator's wish last changed, and how long it did not serve
        /// before.
        var lastChange: Instant
        var downtime: Duration = .zero

        init(_ definition: ServerDefinition, rank: Int, serial: UInt64, now: Instant) {
            self.definition = definition
            self.rank = rank
            self.serial = serial
            let isAside = definition.isDisabled || definition.startsInMaintenance
            administrativeState = isAside ? .maintenance : .ready
            isCheckSuspended = definition.startsUnchecked
            // When it is put into service, it comes back: with `slowstart`, little by little.
            isFresh = !definition.startsInMaintenance
            lastChange = now
        }

        mutating func resetHealth(number: UInt64) {
            health = definition.check.map { HealthState(rise: $0.rise, fall: $0.fall) }
            // No check will find it alive, so it is believed.
            if isCheckSuspended { health?.set(isUp: true) }
            healthNumber = number
            lastOutcome = nil
            failedConnects = 0
            isCheckRunning = false
        }

        var weight: Weight { operatorWeight ?? definition.weight }

        /// `nil`: no limit.
        var maxConnections: Int? {
            guard let ordered = operatorMaxConnections else { return definition.maxConnections }
            return ordered == 0 ? nil : ordered
        }

        /// A check says so, or nobody checks it; and its agent does not say otherwise.
        var isUp: Bool { (health?.isUp ?? true) && !isDownByAgent }

        var isDownByAgent: Bool {
            agent.map { !$0.isSuspended && !$0.health.isUp } ?? false
        }

        /// Up and not in maintenance: what `downtime` measures.
        var isServing: Bool { isUp && administrativeState != .maintenance }

        /// Takes sessions that are meant for it, by a stick table or a hash: also one that drains,
        /// as in HAProxy (`srv_currently_usable`).
        var takesChosen: Bool { isServing && !isRetired }

        /// Takes new sessions.
        var isUsable: Bool {
            isUp && administrativeState == .ready && weight > 0 && !isRetired
        }

        /// What `standing` should be.
        var dueStanding: Standing {
            isUsable ? (definition.isBackup ? .backup : .active) : .out
        }

        /// HAProxy's status column.
        var status: String {
            if administrativeState == .maintenance { return "MAINT" }
            if isDownByAgent { return "DOWN (agent)" }
            // Whoever wanted it; as in HAProxy.
            let drains = agent?.isSuspended == false ? "DRAIN (agent)" : "DRAIN"
            guard let health else { return administrativeState == .drain ? drains : "no check" }
            if health.isUp {
                let name = administrativeState == .drain ? drains : "UP"
                guard !health.isFull else { return name }
                return "\(name) \(health.counter - health.rise + 1)/\(health.fall)"
            }
            return health.counter == 0 ? "DOWN" : "DOWN \(health.counter)/\(health.rise)"
        }
    }
}
