/// All findings of one run: what `doctor --json` prints.
package struct Diagnosis: Codable, Equatable, Sendable {
    package var node: String
    package var pair: String?
    /// How the daemon of this node was found: `running`, `absent`, `silent`.
    package var daemon: String
    package var findings: [Finding]
    package var failures: Int
    package var warnings: Int

    /// Judges what was collected.
    package init(_ facts: Facts) {
        node = facts.node
        pair = facts.pair
        daemon =
            switch facts.daemon {
            case .running: "running"
            case .absent: "absent"
            case .silent: "silent"
            }
        findings =
            Self.configuration(facts) + Self.daemon(facts) + Self.interfaces(facts)
            + Self.addresses(facts) + Self.virtualIPs(facts) + Self.rails(facts)
            + Self.peer(facts) + Self.arbiter(facts) + Self.rights(facts)
            + Self.sysctls(facts) + Self.networkFiles(facts) + Self.hostNames(facts)
            + Self.checkUsers(facts) + Self.listeners(facts)
        failures = findings.count { $0.verdict == .failure }
        warnings = findings.count { $0.verdict == .warning }
    }

    /// 1 if anything failed; warnings and what could not be found out are no failure.
    package var exitStatus: Int32 { failures == 0 ? 0 : 1 }
}
