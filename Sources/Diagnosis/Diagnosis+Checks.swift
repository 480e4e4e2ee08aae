internal import Primitives

/// Whether the servers let the check user in, from every address that they see.
extension Diagnosis {
    /// Errors that say that this user may not log in from this address: access denied, host not
    /// privileged, no such plugin for it (MySQL's server error reference).
    private static let denied = [1044, 1045, 1130, 1251, 1698, 3118, 3878]

    static func checkUsers(_ facts: Facts) -> [Finding] {
        guard !facts.checks.isEmpty else { return [] }
        let tried = facts.checks.compactMap { check in finding(check) }
        let passes = Dictionary(
            grouping: facts.checks.filter { $0.result == .passed },
            by: { $0.source }
        )
        let good = passes.sorted { from($0.key) < from($1.key) }.map { source, checks in
            let users = Set(checks.compactMap(\.user)).sorted().joined(separator: ", ")
            let who = users.isEmpty ? "answer" : "let \(users) in"
            return Finding(
                .checkUser,
                .fine,
                "\(checks.count) server\(checks.count == 1 ? "" : "s") \(who)\(from(source))"
            )
        }
        guard facts.pair != nil else { return good + tried }
        return good + tried + elsewhere(facts)
    }

    /// ` from 10.0.0.10`
    private static func from(_ source: CheckFact.Source) -> String {
        switch source {
        case .node(let address), .virtual(let address): " from \(address)"
        case .kernel(let address?): " from \(address), which the kernel chose"
        case .kernel(nil): ""
        }
    }

    private static func finding(_ check: CheckFact) -> Finding? {
        // Who answers has been reached from some address.
        let address = check.source.address.map { "\($0)" } ?? "this host"
        switch check.result {
        case .passed: return nil
        case .refused(let code, let message):
            guard let user = check.user, denied.contains(code) else {
                return Finding(
                    .checkUser,
                    .failure,
                    "\(check.server) answers \(address) with error \(code): \(message)",
                    advice: "its checks fail with this: mend the server"
                )
            }
            // The check user is used from the nodes' own addresses only.
            let verdict: Finding.Verdict = check.source.isVirtual ? .warning : .failure
            return Finding(
                .checkUser,
                verdict,
                "\(check.server) does not let \(user) in\(from(check.source)) (error \(code): "
                    + "\(message))",
                advice: check.source.isVirtual
                    ? "checks do not come from there, but sessions do: see that the accounts of "
                        + "your applications are granted for \(address)"
                    : "CREATE USER '\(user)'@'\(address)'; GRANT USAGE ON *.* TO "
                        + "'\(user)'@'\(address)'; (grants.sql)"
            )
        case .failed(let why):
            return Finding(
                .checkUser,
                .warning,
                "\(check.server) could not be asked\(from(check.source)): \(why)",
                advice: "is it up, and does its firewall let \(address) in?"
            )
        }
    }

    /// What this node cannot try.
    private static func elsewhere(_ facts: Facts) -> [Finding] {
        let peer = facts.peerName
        let ofPeer: Finding
        switch facts.heard.serversAreUsable {
        case true?:
            ofPeer = Finding(.checkUser, .fine, "\(peer) says that its own checks pass")
        case false?:
            ofPeer = Finding(
                .checkUser,
                .warning,
                "\(peer) says that no server passes its checks",
                advice: "run this there: is the check user granted for the address of \(peer)?"
            )
        case nil:
            ofPeer = Finding(
                .checkUser,
                .unknown,
                "the grants for \(peer) can only be tried there: run this on \(peer) too"
            )
        }
        let isFromVirtual = facts.checks.contains(where: \.source.isVirtual)
        let names = facts.virtualAddresses.map { "\($0.address)" }.joined(separator: ", ")
        let ofVirtual = Finding(
            .checkUser,
            .unknown,
            isFromVirtual
                ? "accounts of applications, which have passwords, were not tried"
                : "grants for \(names) can only be tried on the node that holds it; accounts of "
                    + "applications, which have passwords, were not tried",
            advice: "`SELECT user, host FROM mysql.user` on a server: every account needs "
                + "\(names)"
        )
        return [ofPeer, ofVirtual]
    }
}
