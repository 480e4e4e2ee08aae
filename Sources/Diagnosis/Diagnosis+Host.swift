internal import Primitives

/// Other programs of this host: who else sets addresses, what names mean, who listens.
extension Diagnosis {
    static func networkFiles(_ facts: Facts) -> [Finding] {
        guard facts.pair != nil else { return [] }
        var findings: [Finding] = []
        for virtual in facts.virtualAddresses {
            for file in facts.networkFiles {
                guard let line = file.line(naming: virtual.address) else { continue }
                findings.append(
                    Finding(
                        .networkFiles,
                        .failure,
                        "\(file.path):\(line) names \(virtual.address): after a boot both nodes "
                            + "would have it",
                        advice: "take it out: only ha-balancer adds the virtual IP"
                    )
                )
            }
        }
        let interfaces = Set(facts.virtualAddresses.map(\.interface))
        for networkd in facts.networkd where interfaces.contains(networkd.interface) {
            let keeps = ["static", "yes", "true", "on", "1"]
            let value = networkd.keepConfiguration ?? ""
            guard !keeps.contains(value.lowercased()) else { continue }
            findings.append(
                Finding(
                    .networkFiles,
                    .warning,
                    "systemd-networkd manages \(networkd.interface) (\(networkd.file)) and takes "
                        + "away addresses of others when it restarts",
                    advice: "KeepConfiguration=static in its [Network] section, or in a drop-in "
                        + "\(networkd.file).d/ha-balancer.conf where netplan writes the file"
                )
            )
        }
        guard findings.isEmpty else { return findings }
        return [
            Finding(.networkFiles, .fine, "no other program of this host touches the virtual IP")
        ]
    }

    static func hostNames(_ facts: Facts) -> [Finding] {
        facts.names.map { name in
            if let loopback = name.resolved.first(where: \.isLoopback) {
                return Finding(
                    .hostName,
                    .warning,
                    "\(name.name) resolves to \(loopback) here: who asks for it finds this host "
                        + "only",
                    advice: "take the line `\(loopback) \(name.name)` out of /etc/hosts"
                )
            }
            guard let first = name.resolved.first else {
                return Finding(
                    .hostName,
                    .fine,
                    "\(name.name) is not known to the resolver; the pair uses its numbers"
                )
            }
            guard name.resolved.contains(where: name.configured.contains) else {
                return Finding(
                    .hostName,
                    .warning,
                    "\(name.name) resolves to \(first), which is not on its node line",
                    advice: "correct /etc/hosts, or the node line"
                )
            }
            return Finding(.hostName, .fine, "\(name.name) resolves to \(first)")
        }
    }

    static func listeners(_ facts: Facts) -> [Finding] {
        facts.listeners.map { listener in
            let name = "\(listener.name) at \(listener.endpoint)"
            switch listener.state {
            case .free:
                return Finding(.listener, .fine, "\(name) can be opened")
            case .ours:
                return Finding(.listener, .fine, "\(name) is open")
            case .taken:
                return Finding(
                    .listener,
                    .failure,
                    "\(name): another program listens there",
                    advice: "`ss -ltnp 'sport = :\(listener.endpoint.port)'` names it: stop it, or "
                        + "bind another address"
                )
            case .failed(let why):
                return Finding(.listener, .failure, "\(name) cannot be opened: \(why)")
            }
        }
    }
}
