package import Configuration
internal import LinuxIO
package import Primitives

/// Whether this host has what a good configuration asks of it: name, key, interfaces, resolvable
/// names.
package enum NodeCheck {
    package struct Findings: Sendable, Equatable {
        /// The daemon would not start.
        package var errors: [String] = []
        /// It would start and not be able to hold the virtual IP, or surprise somebody.
        package var warnings: [String] = []
    }

    /// - Parameter node: `-L`, else the host's name.
    package static func findings(
        _ configuration: BalancerConfiguration,
        node: String?
    ) -> Findings {
        var findings = Findings()
        // All of them, not only the one that the daemon would stop at.
        findings.errors = RelayTranslation(configuration: configuration, existing: [:], now: .now)
            .unusableLines.map { "\($0)" }
        if let pair = configuration.pair {
            findings.errors += PairTranslation.complaints(pair, node: nodeName(node))
        }
        if findings.errors.isEmpty {
            do {
                _ = try Parts.make(configuration, node: nodeName(node), existing: nil)
            } catch {
                findings.errors.append("\(error)")
            }
        }
        for address in configuration.pair?.virtualAddresses ?? []
        where !HostInterface.exists(address.interface) {
            findings.warnings.append(
                "\(address.location): interface \(address.interface) does not exist on this host: "
                    + "this node could not hold \(address.address)"
            )
        }
        if let exposure = configuration.pair.flatMap({ PairTranslation.exposure($0) }) {
            findings.warnings.append(exposure)
        }
        if let complaint = configuration.pair?.onChange?.complaint {
            findings.warnings.append(complaint)
        }
        findings.warnings +=
            configuration.pair?.arbiter.map(ArbiterTranslation.complaints) ?? []
        findings.warnings += (configuration.pair?.tracks ?? []).compactMap(\.complaint)
        findings.warnings += unhonoured(configuration.global)
        return findings
    }

    /// This node's name in the pair section: `-L`, else the host's name.
    package static func nodeName(_ told: String?) -> String { told ?? HostNames.own }

    /// All addresses that the resolver has for a name; none where it does not know it. Blocks.
    package static func addresses(of name: String) -> [IPAddress] { HostNames.addresses(of: name) }

    /// A configuration's digest as `status` shows it.
    package static func shortDigest(_ digest: UInt64) -> String { StatusBuilder.short(digest) }

    /// What HAProxy would do with these lines and this program leaves to the service manager.
    private static func unhonoured(_ global: GlobalSettings) -> [String] {
        var list: [String] = []
        if global.user != nil || global.group != nil {
            list.append(
                "global: 'user' and 'group' are not applied by `run`: the systemd unit sets "
                    + "the user "
                    + "and gives it the capabilities that the virtual IP needs"
            )
        }
        if global.runsInBackground {
            list.append(
                "global: 'daemon' counts for `ha-balancer -f` only: `run` stays in the "
                    + "foreground, under systemd"
            )
        }
        return list
    }
}
