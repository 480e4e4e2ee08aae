internal import BalancerCore
internal import Checks
internal import Configuration
internal import Primitives

/// From the check of a `server` line to what the checks need.
struct CheckTranslation {
    let proxy: Proxy
    /// Its number in `show stat`.
    let proxyID: Int
    let names: KnownNames

    /// - Parameter number: of the server in its proxy, from 1
    func check(
        of server: Server,
        numbered number: Int,
        at address: IPAddress
    ) throws(UnusableLine) -> CheckDefinition? {
        guard let check = server.check else { return nil }
        var target = address
        if let other = check.address { target = try names.resolve(other, at: server.location) }
        return CheckDefinition(
            kind: try kind(of: server, numbered: number, at: address),
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
            proxyProtocol: proxyProtocol(of: server, check),
            source: server.options.source ?? proxy.source
        )
    }

    /// - Parameter address: of the server
    func agent(
        of server: Server,
        at address: IPAddress
    ) throws(UnusableLine) -> CheckDefinition? {
        guard let agent = server.agent else { return nil }
        var target = address
        if let other = agent.address { target = try names.resolve(other, at: server.location) }
        return CheckDefinition(
            kind: .agent(message: Array(agent.message.utf8)),
            endpoint: Endpoint(target, agent.port),
            interval: agent.interval,
            rise: 1,
            fall: 1,
            connectTimeout: proxy.timeouts.connect,
            readTimeout: proxy.timeouts.check,
            source: server.options.source ?? proxy.source
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
    ) throws(UnusableLine) -> CheckKind {
        switch proxy.checkMethod {
        case .tcp: return .tcp
        case .mysql(let mysql):
            return .mysql(MySQLCheck(user: mysql.user, dialect: dialect(of: mysql.handshake)))
        case .http(let http):
            return .http(try check(http))
        case .steps(let method):
            guard !method.steps.isEmpty else { return .tcp }
            var steps: [TCPCheck.Step] = []
            for step in method.steps { steps.append(try self.step(step)) }
            return .steps(TCPCheck(steps))
        case .external(let method):
            return .external(external(method, server, numbered: number, at: address))
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
            "HAPROXY_SERVER_MAXCONN": "\(server.options.sessionLimit ?? 0)",
        ]
        return ExternalCheck(
            command: method.command,
            arguments: (place ?? ["NOT_USED", "NOT_USED"]) + target,
            environment: environment
        )
    }

    private func step(_ step: TCPCheckMethod.Step) throws(UnusableLine) -> TCPCheck.Step {
        let action: TCPCheck.Step.Action =
            switch step.action {
            case .send(let bytes): .send(bytes)
            case .expect(let bytes, let isNegated): .expect(bytes, isNegated: isNegated)
            case .expectPattern(let regex, let isHexadecimal, let isNegated):
                .expectPattern(
                    try pattern(regex),
                    isHexadecimal: isHexadecimal,
                    isNegated: isNegated
                )
            }
        return TCPCheck.Step(action, number: step.number, comment: step.comment)
    }

    /// The patterns that are none.
    var unusableLines: [UnusableLine] {
        proxy.checkMethod.patterns.compactMap { regex in
            do throws(UnusableLine) {
                _ = try pattern(regex)
                return nil
            } catch {
                return error
            }
        }
    }

    private func pattern(_ regex: CheckRegex) throws(UnusableLine) -> CheckPattern {
        do {
            return try CheckPattern(regex.text)
        } catch {
            throw UnusableLine(
                location: regex.location,
                reason: "'\(regex.text)' is not a regular expression: \(error)"
            )
        }
    }

    private func check(_ http: HTTPCheckMethod) throws(UnusableLine) -> HTTPCheck {
        var expectations: [HTTPCheck.Expectation] = []
        for expectation in http.expectations {
            let pattern: HTTPCheck.Expectation.Pattern =
                switch expectation.pattern {
                case .status(let ranges): .status(ranges)
                case .string(let text): .string(Array(text.utf8))
                case .statusPattern(let regex): .statusPattern(try self.pattern(regex))
                case .pattern(let regex): .pattern(try self.pattern(regex))
                }
            expectations.append(
                HTTPCheck.Expectation(pattern, isNegated: expectation.isNegated)
            )
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
