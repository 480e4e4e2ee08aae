package import Configuration
internal import ControlPlane
internal import Daemon
package import Diagnosis
internal import Glibc
internal import Heart
internal import LinuxIO
internal import Primitives
internal import VIPManager

/// Collects what `Diagnosis` judges: looks at this host, asks its daemon if there is one, speaks to
/// the other node if there is none. Changes nothing. Blocks for some seconds.
package struct Doctor {
    package struct Options: Sendable {
        /// `-L`; else the host's name.
        package var node: String?
        /// Of the daemon's runtime API; `nil`: as the configuration says.
        package var socket: String?
        /// How long the other node is listened to.
        package var patience: Duration
        /// In front of /etc and /run, for tests.
        package var root: String

        package init(
            node: String? = nil,
            socket: String? = nil,
            patience: Duration = .seconds(2),
            root: String = ""
        ) {
            self.node = node
            self.socket = socket
            self.patience = patience
            self.root = root
        }
    }

    private let configuration: BalancerConfiguration
    private let options: Options
    private let node: String

    package init(_ configuration: BalancerConfiguration, _ options: Options) {
        self.configuration = configuration
        self.options = options
        node = NodeCheck.nodeName(options.node)
    }

    package func examine() -> Facts {
        var facts = Facts(node: node)
        let check = NodeCheck.findings(configuration, node: options.node)
        facts.configurationErrors = check.errors
        facts.configurationWarnings = check.warnings
        let local = LocalDaemon(
            socket: socketPath,
            stateDirectory: configuration.global.stateDirectory
        )
        facts.daemon = local.fact(digest: configuration.digest)
        facts.interfaces = HostInterfaces.all()
        facts.kernel = KernelSettings.read(interfaces: virtualInterfaces)
        let parts = try? Parts.make(configuration, node: node, existing: nil)
        if let pair = configuration.pair { describe(pair, parts?.heart, local, &facts) }
        if let parts {
            facts.checks = ServerTrials(parts, facts).run()
            facts.listeners = ListenerTrials(parts, local).run()
        }
        return facts
    }

    private var socketPath: String {
        if let told = options.socket { return told }
        for socket in configuration.global.statsSockets {
            if case .path(let path) = socket.address { return path }
        }
        return ControlSocket.defaultPath
    }

    private var virtualInterfaces: Set<String> {
        Set((configuration.pair?.virtualAddresses ?? []).map(\.interface))
    }

    private func describe(
        _ pair: Configuration.PairSettings,
        _ heart: HeartSettings?,
        _ local: LocalDaemon,
        _ facts: inout Facts
    ) {
        facts.pair = pair.name
        if let own = pair.nodes.firstIndex(where: { $0.name == node }) {
            facts.order = own
            facts.railAddresses = pair.nodes[own].addresses
            facts.peer = pair.nodes[1 - own].name
        }
        facts.networkFiles = NetworkFiles.read(root: options.root)
        facts.networkd = NetworkFiles.networkd(virtualInterfaces, root: options.root)
        facts.names = pair.nodes.map { entry in
            NameFact(
                name: entry.name,
                configured: entry.addresses,
                resolved: NodeCheck.addresses(of: entry.name)
            )
        }
        facts.rights = Rights.collect(local, pair)
        facts.interval = pair.heartbeat.interval
        facts.arbiter = ArbiterTrials(pair: pair).run()
        // Without settings there is no key to speak with: the configuration findings say why.
        if let heart, let report = local.report {
            (facts.rails, facts.heard) = local.rails(report, heart)
        } else if let heart, facts.daemon == .absent {
            let mayHold = heldHere(pair, facts)
            let talk = PeerTalk(heart, patience: options.patience, onlyListens: mayHold)
            facts.talk = mayHold ? .listened : .spoke
            (facts.rails, facts.heard) = talk.run()
        }
        askSegment(pair, &facts)
    }

    /// Who has the virtual addresses, and which hardware addresses the other node has.
    private func askSegment(_ pair: Configuration.PairSettings, _ facts: inout Facts) {
        let segment = SegmentProbe(facts.interfaces)
        let peers = pair.nodes.filter { $0.name != node }.flatMap(\.addresses)
        for interface in virtualInterfaces {
            for address in peers {
                guard case .answers(let macs) = segment.ask(for: address, at: interface) else {
                    continue
                }
                facts.heard.macs.formUnion(macs)
            }
        }
        facts.virtualAddresses = pair.virtualAddresses.map { virtual in
            switch segment.ask(for: virtual.address, at: virtual.interface) {
            case .answers(let macs):
                return VirtualAddressFact(virtual.address, on: virtual.interface, answers: macs)
            case .impossible(let why):
                var fact = VirtualAddressFact(
                    virtual.address,
                    on: virtual.interface,
                    answers: nil
                )
                fact.obstacle = why
                return fact
            }
        }
    }

    /// A daemon that was killed may have left the address, with a fence that is still open. A word
    /// of a new boot of this node would make the other one take over before the fence is closed.
    private func heldHere(_ pair: Configuration.PairSettings, _ facts: Facts) -> Bool {
        pair.virtualAddresses.contains { facts.interface(with: $0.address) != nil }
    }
}
