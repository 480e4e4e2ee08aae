internal import PairControl
internal import Primitives
internal import VIPManager

/// Watches the world and knows what must never be. It looks at kernels and wires, not at what the
/// nodes believe, wherever it can.
struct Monitor {
    /// How a node came to its activation.
    struct Claim {
        var at: Instant
        var epoch: UInt64
        var reason: String
        var excuse: Excuse?
    }

    struct OpenOrder {
        var order: Order
        var life: Int
        var givenAt: Instant
        /// Nothing went wrong since.
        var isUndisturbed = true
    }

    /// What is kept of each host.
    struct Record {
        var serves = false
        var claim: Claim?
        var role = "none"
        var lastEpoch: UInt64 = 0
        /// By its daemon's present boot.
        var bootEpoch: UInt64 = 0
        var usedEpochs: Set<UInt64> = []
        var stoppedAt: Instant?
        var hostStoppedAt: Instant?
        var diedAt: Instant?
        /// What the kernel refused is tried again after a pause.
        var refusedAt: Instant?
        var owesAnnouncement: Instant?
        var owesReannouncement: Instant?
        var orders: [UInt32: OpenOrder] = [:]
        var endedOrders: Set<UInt32> = []
    }

    let settings: PairSettings
    let protections: Protections
    private(set) var violation: Violation?
    var records = [Record(), Record()]
    var doubleSince: Instant?
    /// When the conditions changed last: a fault began or ended, a life began or ended.
    var disturbedAt = Instant.zero
    var vacantSince: Instant?
    var unreadySince: (at: Instant, hasRelay: Bool)?
    var checkAt = Instant.zero
    var singleSince: Instant?
    /// What happened, for the statistics of a soak.
    var activations = 0
    var excused: [Excuse: Int] = [:]

    init(settings: PairSettings, protections: Protections) {
        self.settings = settings
        self.protections = protections
    }

    mutating func fail(_ rule: Rule, _ text: String, _ world: World) {
        guard violation == nil else { return }
        violation = Violation(rule: rule, text: text)
        world.say("BROKEN: \(rule.rawValue): \(text)")
    }

    // MARK: What the world tells

    mutating func disturbed(_ world: World) {
        disturbedAt = world.now
        for index in records.indices {
            if records[index].owesAnnouncement != nil {
                records[index].owesAnnouncement = world.now
            }
            if records[index].owesReannouncement != nil {
                records[index].owesReannouncement = world.now
            }
            for id in records[index].orders.keys {
                records[index].orders[id]?.isUndisturbed = false
            }
        }
    }

    mutating func started(_ host: SimulatedHost, _ world: World) {
        disturbed(world)
        records[host.index].bootEpoch = 0
        records[host.index].role = "starting"
        records[host.index].diedAt = nil
        records[host.index].claim = nil
    }

    mutating func died(_ host: SimulatedHost, _ world: World) {
        disturbed(world)
        records[host.index].diedAt = world.now
        records[host.index].orders = [:]
    }

    mutating func stopped(_ host: SimulatedHost, _ world: World) {
        disturbed(world)
        if host.isPaused {
            records[host.index].hostStoppedAt = world.now
            addressesChanged(host, byItself: false, world)
        } else {
            records[host.index].stoppedAt = world.now
        }
    }

    mutating func continues(_ host: SimulatedHost, _ world: World) {
        disturbed(world)
        if host.isPaused {
            records[host.index].hostStoppedAt = world.now
        } else {
            records[host.index].stoppedAt = world.now
        }
    }

    mutating func announced(_ host: SimulatedHost, _ world: World) {
        records[host.index].owesAnnouncement = nil
        records[host.index].owesReannouncement = nil
    }

    /// The truth about who serves may have changed.
    mutating func addressesChanged(_ host: SimulatedHost, byItself: Bool, _ world: World) {
        let index = host.index
        refresh(world.hosts[1 - index], byItself: false, world)
        refresh(host, byItself: byItself, world)
    }

    private mutating func refresh(_ host: SimulatedHost, byItself: Bool, _ world: World) {
        let index = host.index
        let serves = host.serves(world.addresses, at: world.now)
        let did = records[index].serves
        records[index].serves = serves
        guard serves != did else { return }
        if serves, !did, byItself { records[index].owesAnnouncement = world.now }
        if !serves {
            records[index].owesAnnouncement = nil
            records[index].owesReannouncement = nil
        }
        let isDouble = records[0].serves && records[1].serves
        if isDouble, doubleSince == nil { doubleBegins(world) }
        if !isDouble, doubleSince != nil {
            doubleSince = nil
            world.say("one holder again")
            let survivor = 1 - index
            if records[survivor].serves { records[survivor].owesReannouncement = world.now }
        }
        if isDouble {
            // Whoever asks the segment now is answered by both.
            world.segment.belief = world.dice.below(2)
        }
        singleSince = records[0].serves != records[1].serves ? world.now : nil
    }

    private mutating func doubleBegins(_ world: World) {
        doubleSince = world.now
        let claims = records.map(\.claim)
        let isSecond = (claims[1]?.at ?? .zero) > (claims[0]?.at ?? .zero)
        let isTaken = claims.allSatisfy { $0 != nil }
        let later = claims[isSecond ? 1 : 0]
        let name = world.hosts[isSecond ? 1 : 0].name
        let excuse = isTaken ? later?.excuse : nil
        guard let excuse, excuse.isGranted(with: protections) else {
            let why = excuse.map { "excuse \($0)" } ?? "no excuse"
            fail(.oneHolder, "\(name) took it (\(later?.reason ?? "never")), \(why)", world)
            return
        }
        excused[excuse, default: 0] += 1
        world.say("two holders, excused: \(excuse)")
    }
}
