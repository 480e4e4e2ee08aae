internal import Primitives

/// Configuration, interfaces, addresses and the virtual IPs.
extension Diagnosis {
    static func configuration(_ facts: Facts) -> [Finding] {
        let errors = facts.configurationErrors.map {
            Finding(.configuration, .failure, $0, advice: "mend it; `ha-balancer check` tells")
        }
        let warnings = facts.configurationWarnings.map { Finding(.configuration, .warning, $0) }
        if facts.pair == nil, errors.isEmpty {
            return warnings + [
                Finding(
                    .configuration,
                    .unknown,
                    "there is no pair section: this is a plain balancer, and nothing of a pair "
                        + "was looked at"
                )
            ]
        }
        let good = Finding(.configuration, .fine, "the configuration is valid on this node")
        return errors + warnings + (errors.isEmpty && warnings.isEmpty ? [good] : [])
    }

    static func daemon(_ facts: Facts) -> [Finding] {
        switch facts.daemon {
        case .running(let role, let isCurrent):
            let what = role.map { " and is \($0)" } ?? ""
            guard isCurrent else {
                return [
                    Finding(
                        .daemon,
                        .warning,
                        "the daemon runs\(what), with another configuration than the file",
                        advice: "`ha-balancer reload`, or examine the file that it runs"
                    )
                ]
            }
            return [Finding(.daemon, .fine, "the daemon runs\(what); it was asked")]
        case .absent:
            let talk =
                switch facts.talk {
                case .none: ""
                case .listened: ": this command listened to the other node itself"
                case .spoke: ": this command spoke to the other node itself"
                }
            return [Finding(.daemon, .fine, "no daemon runs here\(talk)")]
        case .silent(let why):
            return [
                Finding(
                    .daemon,
                    .failure,
                    "the daemon could not be asked: \(why)",
                    advice: "run this as root, with --socket PATH if it listens elsewhere"
                )
            ]
        }
    }

    static func interfaces(_ facts: Facts) -> [Finding] {
        let names = Set(facts.virtualAddresses.map(\.interface)).sorted()
        return names.map { name in
            guard let interface = facts.interface(named: name) else {
                return Finding(
                    .interface,
                    .failure,
                    "interface \(name) does not exist on this host",
                    advice: "correct `dev` on the virtual-ip line (`ip link` lists them)"
                )
            }
            if !interface.isUp {
                return Finding(
                    .interface,
                    .failure,
                    "interface \(name) is down",
                    advice: "`ip link set \(name) up`, and in the network configuration"
                )
            }
            if !interface.hasCarrier {
                return Finding(
                    .interface,
                    .failure,
                    "interface \(name) has no carrier",
                    advice: "look at the cable, the switch port or the virtual switch"
                )
            }
            if !interface.isEthernet {
                return Finding(
                    .interface,
                    .warning,
                    "interface \(name) is not Ethernet: no ARP announces the virtual IP there, "
                        + "and no fence stops it"
                )
            }
            return Finding(.interface, .fine, "interface \(name) is up and has a carrier")
        }
    }

    static func addresses(_ facts: Facts) -> [Finding] {
        facts.railAddresses.map { address in
            guard let place = facts.interface(with: address) else {
                return Finding(
                    .address,
                    .failure,
                    "\(address), an address of this node by the configuration, is on none of its "
                        + "interfaces",
                    advice: "add it to the network configuration, correct the node line, or name "
                        + "this node with -L"
                )
            }
            return Finding(.address, .fine, "\(address) is on \(place.name)")
        }
    }

    static func virtualIPs(_ facts: Facts) -> [Finding] {
        facts.virtualAddresses.flatMap { virtual in
            [holding(virtual, facts), neighbours(of: virtual, facts)].compactMap(\.self)
        }
    }

    /// Who has it, and whether that is right.
    private static func holding(_ virtual: VirtualAddressFact, _ facts: Facts) -> Finding {
        let address = virtual.address
        let place = facts.interface(with: address)
        if let place {
            if let wrong = wrongHolding(virtual, place, facts) { return wrong }
        }
        guard let answers = virtual.answers else {
            return Finding(
                .virtualIP,
                .unknown,
                "whether another host uses \(address) could not be asked: "
                    + (virtual.obstacle ?? "no interface")
            )
        }
        let strangers = answers.filter { !facts.heard.macs.contains($0) }
        if let stranger = strangers.first {
            return Finding(
                .virtualIP,
                .failure,
                "\(address) is used by another host: \(stranger) answers for it",
                advice: "find that host (the switch knows the port of \(stranger)), or take a free "
                    + "address"
            )
        }
        let peer = facts.peerName
        if place != nil { return Finding(.virtualIP, .fine, "\(address) is here, and only here") }
        guard answers.isEmpty else { return heldByPeer(address, peer, facts) }
        guard !facts.heard.isHolder else {
            return Finding(
                .virtualIP,
                .failure,
                "\(peer) holds \(address), and nobody answers for it at \(virtual.interface)",
                advice: "the two interfaces are not on one segment: compare VLAN and switch port"
            )
        }
        return Finding(.virtualIP, .fine, "\(address) is free at \(virtual.interface)")
    }

    private static func wrongHolding(
        _ virtual: VirtualAddressFact,
        _ place: InterfaceFact,
        _ facts: Facts
    ) -> Finding? {
        let address = virtual.address
        let removal = "`ip address del \(address) dev \(place.name)` (with its prefix)"
        if place.name != virtual.interface {
            return Finding(
                .virtualIP,
                .failure,
                "\(address) is on \(place.name), and not on \(virtual.interface) as configured",
                advice: "take it off: \(removal)"
            )
        }
        switch facts.daemon {
        case .running(let role?, _) where ["active", "activating"].contains(role): return nil
        case .silent: return nil
        case .running, .absent:
            return Finding(
                .virtualIP,
                .failure,
                "\(address) is on \(place.name), and this node is not active",
                advice: "some file or program of this host sets it; find it, then \(removal)"
            )
        }
    }

    private static func heldByPeer(
        _ address: IPAddress,
        _ peer: String,
        _ facts: Facts
    ) -> Finding {
        if facts.heard.isHolder {
            return Finding(.virtualIP, .fine, "\(address) is on \(peer), which is active")
        }
        guard let role = facts.heard.role else {
            return Finding(
                .virtualIP,
                .warning,
                "\(address) is on \(peer), which is not heard: this node could not tell a cut "
                    + "path from a dead node",
                advice: "mend the rails first"
            )
        }
        return Finding(
            .virtualIP,
            .failure,
            "\(address) is on \(peer), which is \(role)",
            advice: "something on \(peer) sets it beside the daemon: run this there"
        )
    }

    /// Whether the interface has an address in the network of the virtual one.
    private static func neighbours(of virtual: VirtualAddressFact, _ facts: Facts) -> Finding? {
        guard let interface = facts.interface(named: virtual.interface),
            !interface.addresses.contains(where: {
                $0.address != virtual.address && $0.contains(virtual.address)
            })
        else { return nil }
        return Finding(
            .virtualIP,
            .warning,
            "no address of \(interface.name) is in the network of \(virtual.address)",
            advice: "clients of that network would be answered through another interface: give "
                + "\(interface.name) an address there, or check `dev`"
        )
    }
}
