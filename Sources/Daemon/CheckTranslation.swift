internal import BalancerCore
internal import Configuration
internal import Primitives

/// From the check of a `server` line to what the checks need.
struct CheckTranslation {
    let proxy: Proxy
    /// Its number in `show stat`.
    let proxyID: Int

    /// - Parameter number: of the server in its proxy, from 1
    func check(
        of server: Server,
        numbered number: Int,
        at address: IPAddress
    ) throws(HostNames.Unknown) -> CheckDefinition? {
        guard let check = server.check else { return nil }
        var target = address
        if let other = check.address { target = try HostNames.resolve(other, at: server.location) }
        return CheckDefinition(
            kind: kind(of: server, numbered: number, at: address),
            endpoint: Endpoint(
                target,
                check.port ?? proxy.checkMethod.port ?? server.port
            ),
            interval: check.interval,
            fastInterval: check.fastInterval,
            downInterval: check.downInterval,
            rise: check.rise,
            fall: check.fall,
            connectTimeout: proxy.timeouts.connect,
            readTimeout: proxy.timeouts.check,
            observation: check.observesConnects ? check.observation : nil,
            proxyProtocol: proxyProtocol(of: server, check)
        )
    }

    /// A check that goes elsewhere speaks as the agent there expects.
    private func proxyProtocol(of server: Server, _ check: ServerCheck) -> ProxyProtocol? {
        let version = server.options.proxyProtocol.map(ProxyProtocol.init)
        if check.sendsProxy { return version ?? .version1 }
        guard check.port == nil, check.address == nil, proxy.checkMethod.port == nil else {
            return nil
        }
        return version
    }

    private func kind(
        of server: Server,
        numbered number: Int,
        at address: IPAddress
    ) -> CheckKind {
        switch proxy.checkMethod {
        case .tcp: .tcp
        case .mysql(let mysql):
            .mysql(MySQLCheck(user: mysql.user, dialect: dialect(of: mysql.handshake)))
        case .http(let http):
            .http(check(http))
        case .steps(let steps):
            steps.steps.isEmpty ? .tcp : .steps(TCPCheck(steps.steps.map(step)))
        case .external(let method):
            .external(external(method, server, numbered: number, at: address))
        }
    }

    /// HAProxy's arguments and variables.
    private func external(
        _ method: ExternalCheckMethod,
        _ server: Server,
        numbered number: Int,
        at address: IPAddress
    ) -> ExternalCheck {
        let front = proxy.binds.first?.endpoint
        let place = front.map { ["\($0.address)", "\($0.port)"] }
        let target = ["\(address)", "\(server.port)"]
        let environment = [
            "PATH": method.searchPath,
            "HAPROXY_PROXY_NAME": proxy.name,
            "HAPROXY_PROXY_ID": "\(proxyID)",
            "HAPROXY_PROXY_ADDR": place?[0] ?? "",
            "HAPROXY_PROXY_PORT": place?[1] ?? "",
            "HAPROXY_SERVER_NAME": server.name,
            "HAPROXY_SERVER_ID": "\(number)",
            "HAPROXY_SERVER_ADDR": target[0],
            "HAPROXY_SERVER_PORT": target[1],
            "HAPROXY_SERVER_PROTO": "tcp",
            "HAPROXY_SERVER_SSL": "0",
            "HAPROXY_SERVER_MAXCONN": "\(server.options.maxConnections ?? 0)",
        ]
        return ExternalCheck(
            command: method.command,
            arguments: (place ?? ["NOT_USED", "NOT_USED"]) + target,
            environment: environment
        )
    }

    private func step(_ step: TCPCheckMethod.Step) -> TCPCheck.Step {
        let action: TCPCheck.Step.Action =
            switch step.action {
            case .send(let bytes): .send(bytes)
            case .expect(let bytes, let isNegated): .expect(bytes, isNegated: isNegated)
            }
        return TCPCheck.Step(action, number: step.number, comment: step.comment)
    }

    private func check(_ http: HTTPCheckMethod) -> HTTPCheck {
        let expectations = http.expectations.map { expectation in
            let pattern: HTTPCheck.Expectation.Pattern =
                switch expectation.pattern {
                case .status(let ranges): .status(ranges)
                case .string(let text): .string(Array(text.utf8))
                }
            return HTTPCheck.Expectation(pattern, isNegated: expectation.isNegated)
        }
        return HTTPCheck(
            method: http.method,
            uri: http.uri,
            version: http.version,
            headers: http.headers.map { HTTPCheck.Header(name: $0.name, value: $0.value) },
            body: http.body,
            expectations: expectations.isEmpty ? [.standard] : expectations
        )
    }

    private func dialect(of handshake: MySQLCheckMethod.Handshake) -> MySQLCheck.Dialect {
        switch handshake {
        case .pre41: .pre41
        case .post41: .post41
        case .post80: .post80
        }
    }
}

extension ProxyProtocol {
    init(_ version: ProxyProtocolVersion) {
        switch version {
        case .version1: self = .version1
        case .version2: self = .version2
        }
    }
}
