package import Guardian
package import LinuxIO
package import PairControl
package import Primitives
internal import Synchronization
package import VIPManager

/// The one thread that decides and acts for the pair: heartbeats, election, addresses.
///
/// It never waits for disk, DNS, a log line, a lock or another thread. Others speak to it through a
/// bounded mailbox and hear of it through `HeartReport`s and a published snapshot. All methods may
/// be called from any thread.
package final class Heart: Sendable {
    /// What the heart looked like at one instant: copies of values, safe to keep.
    package struct Snapshot: Sendable {
        package var at: Instant
        package var node: Node
        package var view: KernelView
        package var phase: AddressReconciler.Phase
        /// Wake-ups that came late, for `status`: the worst since the start.
        package var latestWakeUp: Duration
        package var isRealTime: Bool
        /// As `PeerTracker.rails`, seen from the sender's side.
        package var rails: [RailCondition]
        /// Datagrams of the ledger that found its reader behind.
        package var ledgerOverflows: UInt64
        /// Why the kernel has no fence for this node; `nil` where it has.
        package var fenceFault: String?
    }

    enum Request: Sendable {
        case order(Order)
        case readiness(NodeReadiness)
        case epochsReserved(UInt64)
        case configure(HeartSettings)
        case ledger([[UInt8]])
        case arbiter(ArbiterAnswer, ArbiterRequest)
        case halt
    }

    /// Who the node is in this life: random numbers and what the disk remembers.
    package struct Identity: Sendable {
        package var bootID: UInt64
        package var nonce: UInt64
        package var reservedEpoch: UInt64
        package var inMaintenance: Bool
        /// The peer's interface of the first virtual address, as last heard.
        package var peerMAC: MACAddress?

        package init(
            bootID: UInt64,
            nonce: UInt64,
            reservedEpoch: UInt64,
            inMaintenance: Bool,
            peerMAC: MACAddress? = nil
        ) {
            self.peerMAC = peerMAC
            self.bootID = bootID
            self.nonce = nonce
            self.reservedEpoch = reservedEpoch
            self.inMaintenance = inMaintenance
        }
    }

    let mailbox: Mailbox<Request>
    /// Datagrams of the session ledger, as they came: nobody has looked who sent them.
    package let ledgerArrivals: Mailbox<[UInt8]>
    /// Questions to the arbiter; answered by `answer`.
    package let arbiterRequests: Mailbox<ArbiterRequest>
    let published = Mutex<Snapshot?>(nil)
    private let thread = Mutex<Thread?>(nil)

    package init() throws(SystemError) {
        mailbox = try Mailbox(capacity: 256)
        ledgerArrivals = try Mailbox(capacity: 512)
        arbiterRequests = try Mailbox(capacity: 16)
    }

    /// Opens what the heart needs and starts its thread. Called once.
    /// - Parameters:
    ///   - page: where the last will goes; `nil` without a guardian.
    ///   - fence: the descriptor of the fence's map that the guardian handed over, which the heart
    ///     owns from now on; `nil` to make one that nobody else can close.
    ///   - reports: who is told; must be taken from soon, or reports are held back and then
    ///     dropped.
    /// - Throws: when the kernel refuses a netlink or packet socket (`CAP_NET_ADMIN`,
    ///   `CAP_NET_RAW`).
    package func start(
        _ settings: HeartSettings,
        identity: Identity,
        page: WillPage?,
        fence: Int32? = nil,
        reports: Mailbox<HeartReport>
    ) throws(SystemError) {
        let loop = try HeartLoop(
            settings,
            identity: identity,
            page: page,
            fence: HeartFence(settings.virtualAddresses, inherited: fence),
            reports: reports,
            heart: self
        )
        // The loop is made here, so that its errors come out here, and used on its thread alone.
        nonisolated(unsafe) let handedOver = loop
        try thread.withLock { slot throws(SystemError) in
            slot = try Thread.start(name: "heart") { unsafe handedOver.run() }
        }
    }

    /// What the heart looked like at its last turn; `nil` before the first.
    package var snapshot: Snapshot? { published.withLock { $0 } }

    package func give(_ order: Order) -> Bool { mailbox.put(.order(order)) }

    package func update(_ readiness: NodeReadiness) { mailbox.put(.readiness(readiness)) }

    package func epochsReserved(upTo epoch: UInt64) { mailbox.put(.epochsReserved(epoch)) }

    /// Datagrams for the peer, signed already; a few at a time, since beats wait behind them.
    package func sendLedger(_ datagrams: [[UInt8]]) { mailbox.put(.ledger(datagrams)) }

    package func answer(_ request: ArbiterRequest, by answer: ArbiterAnswer) {
        mailbox.put(.arbiter(answer, request))
    }

    /// Takes over settings that `HeartSettings.canReplace` allows.
    package func configure(_ settings: HeartSettings) { mailbox.put(.configure(settings)) }

    /// Ends the thread, whatever state the pair is in, and waits for it.
    package func halt() {
        let running = thread.withLock { $0.take() }
        guard let running else { return }
        mailbox.putWhenFree(.halt)
        running.join()
    }
}
