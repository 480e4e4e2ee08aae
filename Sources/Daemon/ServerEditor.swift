internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import LinuxIO
internal import Primitives

/// What an edit of the servers makes of the configuration in force, with HAProxy's replies
/// (server.c of 2.6). Changes nothing itself.
struct ServerEditor {
    struct Change {
        /// `nil`: everything is as it is wanted already.
        var configuration: BalancerConfiguration?
        var reply: String
        /// For the log.
        var text = ""
        /// What does not work as written.
        var remarks: [String] = []
    }

    let parts: Parts

    func change(_ edit: ServerEdit, _ name: ServerName) throws(ServerRefusal) -> Change {
        let proxy = try proxy(name.backend)
        if case .add(let words) = edit {
            guard case .name(let name) = name.server else {
                throw .because("A server's name cannot be a number.\n")
            }
            return try add(name, words, to: proxy)
        }
        let index = try server(name.server, in: proxy)
        switch edit {
        case .add, .remove: return try remove(index, from: proxy)
        case .address(let text, let port): return try setAddress(text, port, of: index, in: proxy)
        case .checkAddress(let text, let port):
            guard let address = IPAddress(text), !address.isUnspecified else {
                throw .because("invalid addr '\(text)'")
            }
            return try editCheck(of: index, in: proxy) { check throws(ServerRefusal) in
                check.address = .address(address)
                if let port { check.port = try Self.port(port) }
            }
        case .checkPort(let port):
            return try editCheck(of: index, in: proxy) { $0.port = port == 0 ? nil : port }
        }
    }

    private func proxy(_ part: ServerName.Part) throws(ServerRefusal) -> Int {
        let numbered = StatRows.numbered(parts.configuration)
        let found = numbered.first { id, proxy in
            guard proxy.kind.hasBackend else { return false }
            return switch part {
            case .name(let name): proxy.name == name
            case .number(let number): id == number
            }
        }
        let index = parts.configuration.proxies.firstIndex {
            $0.name == found?.proxy.name && $0.kind == found?.proxy.kind
        }
        guard let index else { throw .noBackend }
        return index
    }

    private func server(
        _ part: ServerName.Part,
        in proxy: Int
    ) throws(ServerRefusal) -> Int {
        let servers = parts.configuration.proxies[proxy].servers
        let index: Int? =
            switch part {
            case .name(let name): servers.firstIndex { $0.name == name }
            case .number(let number): servers.indices.contains(number - 1) ? number - 1 : nil
            }
        guard let index else { throw .noServer }
        return index
    }

    private func add(
        _ name: String,
        _ words: [String],
        to proxy: Int
    ) throws(ServerRefusal) -> Change {
        let target = parts.configuration.proxies[proxy]
        guard !target.servers.contains(where: { $0.name == name }) else {
            throw .because("Already exists a server with the same name in backend.\n")
        }
        let outcome: ServerLine.Outcome
        do throws(ServerLine.Mistake) {
            outcome = try ServerLine.parse(name: name, words)
        } catch {
            switch error {
            case .noAddress:
                throw .because("'server' expects <name> and <addr>[:<port>] as arguments.\n")
            case .wrong(let text): throw .because(text + "\n")
            }
        }
        var change = try adding(outcome.server, to: proxy)
        change.remarks = outcome.remarks
        return change
    }

    /// A server that the backend does not have.
    func adding(_ server: Server, to proxy: Int) throws(ServerRefusal) -> Change {
        var configuration = parts.configuration
        let target = configuration.proxies[proxy]
        let backend = parts.knownBackends[target.name]
        let total = configuration.proxies.reduce(0) { $0 + $1.servers.count }
        guard target.servers.count < BalancerLimits.serversPerBackend,
            total < ConfigurationLimits.servers, backend?.hasRoom ?? true
        else { throw .because("Too many servers.\n") }
        configuration.proxies[proxy].servers.append(server)
        return Change(
            configuration: configuration,
            reply: "New server registered.\n",
            text: "\(target.name)/\(server.name) was added, \(server.address):\(server.port)"
        )
    }

    private func remove(_ index: Int, from proxy: Int) throws(ServerRefusal) -> Change {
        let target = parts.configuration.proxies[proxy]
        let backend = StatRows.backend(of: target, in: parts)
        let rows = backend?.snapshot(now: .now).servers ?? []
        guard let row = rows.first(where: { $0.name == target.servers[index].name }) else {
            throw .noServer
        }
        guard row.administrativeState == .maintenance else {
            throw .because("Only servers in maintenance mode can be deleted.")
        }
        guard row.counters.current == 0, row.queued == 0 else {
            throw .because("Server still has connections attached to it, cannot remove it.")
        }
        return removing(index, from: proxy)
    }

    /// Its sessions go on.
    func removing(_ index: Int, from proxy: Int) -> Change {
        var configuration = parts.configuration
        let server = configuration.proxies[proxy].servers.remove(at: index)
        return Change(
            configuration: configuration,
            reply: "Server deleted.",
            text: "\(configuration.proxies[proxy].name)/\(server.name) was removed"
        )
    }

    private func setAddress(
        _ text: String,
        _ port: String?,
        of index: Int,
        in proxy: Int
    ) throws(ServerRefusal) -> Change {
        var configuration = parts.configuration
        let target = configuration.proxies[proxy]
        guard let address = IPAddress(text), !address.isUnspecified else {
            throw .because("Invalid addr '\(text)'\(Self.origin)")
        }
        let old = parts.definitions.first { $0.name == target.name }?.servers.first {
            $0.name == target.servers[index].name
        }
        guard let old = old?.endpoint else { throw .noServer }
        var told = ["no need to change the addr"]
        if address != old.address {
            told[0] = "IP changed from '\(old.address)' to '\(address)'"
            configuration.proxies[proxy].servers[index].address = .address(address)
        }
        if let port {
            // HAProxy takes 99999 for 34463, and says that the address has changed before it says
            // that it has not.
            guard let number = UInt16(port), number > 0 else {
                throw .because(
                    "no need to change the addr, problem converting port '\(port)' to an int"
                        + Self.origin
                )
            }
            told.append(
                number == old.port
                    ? "no need to change the port"
                    : "port changed from '\(old.port)' to '\(number)'"
            )
            configuration.proxies[proxy].servers[index].port = number
        }
        let words = told.joined(separator: ", ")
        let server = configuration.proxies[proxy].servers[index]
        let isSame = address == old.address && server.port == old.port
        return Change(
            configuration: isSame ? nil : configuration,
            reply: words + Self.origin,
            text: "\(target.name)/\(server.name) changed its address: \(words)"
        )
    }

    private static let origin = " by 'stats socket command'\n"

    private static func port(_ word: String) throws(ServerRefusal) -> UInt16? {
        guard let number = Int(word) else {
            throw .because("provided port is not an integer")
        }
        guard let port = UInt16(exactly: number) else { throw .because("provided port is invalid") }
        return port == 0 ? nil : port
    }

    private func editCheck(
        of index: Int,
        in proxy: Int,
        _ edit: (inout ServerCheck) throws(ServerRefusal) -> Void
    ) throws(ServerRefusal) -> Change {
        var configuration = parts.configuration
        guard configuration.proxies[proxy].servers[index].options.isChecked else {
            throw .because("health checks are not enabled on this server")
        }
        try edit(&configuration.proxies[proxy].servers[index].options.check)
        let server = configuration.proxies[proxy].servers[index]
        let check = server.options.check
        let place = "\(check.address ?? server.address):\(check.port ?? server.port)"
        return Change(
            configuration: configuration == parts.configuration ? nil : configuration,
            reply: "",
            text: "\(configuration.proxies[proxy].name)/\(server.name) is checked at \(place)"
        )
    }
}
