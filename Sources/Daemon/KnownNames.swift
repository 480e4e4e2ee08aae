internal import BalancerCore
internal import Configuration
internal import Primitives

/// Names of servers that have been looked up. An edit of one server must not depend on whether the
/// names of the others can be looked up again, and must not move them.
struct KnownNames {
    private var addresses: [HostAddress: IPAddress] = [:]

    /// None: a start, and a reload, look all names up.
    init() {}

    /// Those of the servers that run.
    init(of parts: Parts) {
        let proxies = Dictionary(
            parts.configuration.proxies.filter(\.kind.hasBackend).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for definition in parts.definitions {
            let lines = proxies[definition.name]?.serversByName ?? [:]
            for server in definition.servers {
                guard let line = lines[server.name] else { continue }
                addresses[line.address] = server.endpoint.address
                if let checked = server.check, let other = line.check?.address {
                    addresses[other] = checked.endpoint.address
                }
                if let agent = server.agent, let other = line.agent?.address {
                    addresses[other] = agent.endpoint.address
                }
            }
        }
    }

    func resolve(
        _ host: HostAddress,
        at location: SourceLocation
    ) throws(UnusableLine) -> IPAddress {
        if case .name = host, let known = addresses[host] { return known }
        return try HostNames.resolve(host, at: location)
    }
}
