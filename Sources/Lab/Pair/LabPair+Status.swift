package import ControlPlane

/// What the nodes say of themselves.
extension LabPair {
    /// Asks the daemon of a node.
    package func report(of node: Int) throws -> StatusReport {
        let client = RuntimeAPIClient(path: daemons[node].socketPath)
        return try StatusReport(json: try client.request(["show", "pair", "json"]))
    }

    /// The holder, when all is as it should be: one node holds the virtual IP, the other one could
    /// take over at once, each hears the other on every rail, and both have all servers.
    package func holderIfComplete() -> Int? {
        Self.holder(daemons.indices.map { try? report(of: $0) })
    }

    private static func holder(_ reports: [StatusReport?]) -> Int? {
        let roles = reports.map { $0.flatMap(completeRole) }
        guard Set(roles) == [.active, .standby] else { return nil }
        return roles.firstIndex(of: .active)
    }

    /// The role of the node that reports, if both nodes are well.
    private static func completeRole(_ report: StatusReport) -> NodeStatus.Role? {
        guard let pair = report.pair, report.alarms.isEmpty,
            pair.nodes.allSatisfy({ $0.isHeard && $0.notReadyBecause.isEmpty }),
            pair.rails.allSatisfy({ $0.isHeardByPeer == true }),
            report.servers.allSatisfy({ $0.status == "UP" })
        else { return nil }
        return pair.nodes.first { $0.isThisNode }?.role
    }

    /// Waits until all is as it should be.
    /// - Returns: the holder
    /// - Throws: what the nodes say instead
    @discardableResult
    package func waitUntilComplete(timeout: Duration) throws -> Int {
        var holder: Int?
        var reports: [StatusReport?] = []
        let isComplete = Patience.wait(timeout) {
            reports = daemons.indices.map { try? report(of: $0) }
            holder = Self.holder(reports)
            return holder != nil
        }
        guard isComplete, let holder else {
            let texts = reports.map { $0.map { StatusText($0).text } ?? "no answer\n" }
            throw LabError("the pair is not complete:\n" + texts.joined(separator: "\n"))
        }
        return holder
    }
}
