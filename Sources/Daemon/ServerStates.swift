internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import Primitives

/// The servers as `show servers state` writes them.
struct ServerStates {
    let parts: Parts
    let now: Instant

    func reports() -> [ServerStateReport] {
        StatRows.numbered(parts.configuration).flatMap { proxyID, proxy -> [ServerStateReport] in
            guard let backend = StatRows.backend(of: proxy, in: parts) else { return [] }
            let lines = proxy.serversByName
            return backend.snapshot(now: now).servers.enumerated().compactMap { index, server in
                lines[server.name].map { report(server, $0, of: proxy.name, proxyID, index + 1) }
            }
        }
    }

    private func report(
        _ server: ServerSnapshot,
        _ line: Server,
        of proxy: String,
        _ proxyID: Int,
        _ serverID: Int
    ) -> ServerStateReport {
        let isOut = server.administrativeState == .maintenance
        var administration: ServerStateReport.Administration = []
        if isOut { administration.insert(.forcedMaintenance) }
        // Also when the operator has said something else since.
        if line.options.isDisabled { administration.insert(.configuredMaintenance) }
        if server.administrativeState == .drain { administration.insert(.forcedDrain) }
        var report = ServerStateReport(
            backendID: proxyID,
            backendName: proxy,
            serverID: serverID,
            serverName: server.name,
            address: "\(server.endpoint.address)",
            port: server.endpoint.port,
            operation: !server.isUp || isOut
                ? .stopped : server.throttle == nil ? .running : .starting,
            administration: administration,
            weight: server.weight.whole,
            initialWeight: server.initialWeight.whole,
            secondsSinceChange: Int(server.sinceLastChange.milliseconds / 1000),
            checkStatus: Self.number(server.lastOutcome?.code ?? .initializing),
            checkResult: Self.result(server),
            checkHealth: server.checkHealth ?? (isOut || line.options.isDisabled ? 0 : 2),
            checkState: Self.checkState(server, isOut: isOut, line)
        )
        if case .name(let name) = line.address { report.hostName = name }
        if let check = line.check {
            report.checkPort = check.port
            report.checkAddress = check.address.map { "\($0)" }
        }
        if let agent = line.agent {
            report.agentState = Self.agentState(server)
            report.agentPort = agent.port
            report.agentAddress = agent.address.map { "\($0)" }
        }
        return report
    }

    /// Bits: running 1, configured 2, on 4, paused 8.
    private static func checkState(_ server: ServerSnapshot, isOut: Bool, _ line: Server) -> Int {
        guard server.check != nil else { return line.options.isDisabled ? 8 : 0 }
        guard !server.isCheckSuspended else { return 2 }
        return (server.isCheckRunning ? 1 : 0) + 6 + (isOut ? 8 : 0)
    }

    /// Bits as those of a check, and 16: an agent.
    private static func agentState(_ server: ServerSnapshot) -> Int {
        guard let agent = server.agent else { return 0 }
        return 16 + (agent.isOn ? 4 : 0) + 2 + (agent.isRunning ? 1 : 0)
    }

    private static func result(_ server: ServerSnapshot) -> ServerStateReport.CheckResult {
        guard server.check != nil else {
            return server.administrativeState == .maintenance ? .none : .neutral
        }
        guard let outcome = server.lastOutcome, outcome.code != .initializing else { return .none }
        return outcome.isPass ? .passed : .failed
    }

    /// HAProxy's `enum healthcheck_status`, include/haproxy/check-t.h of 2.6.
    private static func number(_ code: CheckOutcome.Code) -> Int {
        switch code {
        case .unknown: 0
        case .initializing: 1
        case .checked: 3
        case .healthAnalysis: 4
        case .socketError: 5
        case .layer4OK: 6
        case .layer4Timeout: 7
        case .layer4ConnectionProblem: 8
        case .layer6OK: 9
        case .layer6Timeout: 10
        case .layer6InvalidResponse: 11
        case .layer7Timeout: 12
        case .layer7InvalidResponse: 13
        case .layer7OK: 15
        case .layer7WrongStatus: 17
        case .externalError: 18
        case .externalTimeout: 19
        case .externalOK: 20
        }
    }
}
