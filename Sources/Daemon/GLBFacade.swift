internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import LinuxIO
internal import Primitives
internal import Relay
internal import Synchronization

/// What a `glb-control` port may ask of the daemon, for one `listen`.
final class GLBFacade: GLBDelegate {
    private struct Mark {
        var at = Instant.now
        var traffic = TrafficStatistics()
    }

    private let daemon: Daemon
    private let proxy: String
    /// What the last `getstat` has told.
    private let mark = Mutex(Mark())

    init(daemon: Daemon, proxy: String) {
        self.daemon = daemon
        self.proxy = proxy
    }

    func report() -> GLBReport {
        let parts = daemon.parts.withLock { $0 }
        let backend = parts.backends.first { $0.name == proxy }
        let servers = backend?.snapshot(now: .now).servers ?? []
        let statistics = daemon.engine.statistics()
        let frontend = statistics.frontends.first { $0.name == proxy }
        let balance = parts.configuration.proxies.first { $0.name == proxy }?.balance
        return GLBReport(
            destinations: servers.map { server in
                GLBReport.Destination(
                    endpoint: server.endpoint,
                    weight: server.weight,
                    connections: server.counters.current,
                    isShunned: server.shunnedFor != nil
                )
            },
            hasMap: [.randomOnce, .source].contains(balance),
            connections: servers.reduce(0) { $0 + $1.counters.current },
            connectionLimit: min(
                frontend?.maxConnections ?? .max,
                statistics.maxConnections
            )
        )
    }

    func statistics() -> GLBStatistics {
        let all = daemon.engine.statistics(sinceStart: true)
        let traffic = all.frontends.first { $0.name == proxy }?.traffic ?? TrafficStatistics()
        let now = Instant.now
        let before = mark.withLock { mark in
            defer { mark = Mark(at: now, traffic: traffic) }
            return mark
        }
        return GLBStatistics(
            bytesIn: traffic.bytesIn &- before.traffic.bytesIn,
            bytesOut: traffic.bytesOut &- before.traffic.bytesOut,
            sessionsOpened: traffic.total &- before.traffic.total,
            sessions: traffic.current,
            elapsed: now - before.at
        )
    }

    func change(_ change: GLBChange) async -> Bool {
        guard let address = await address(of: change.host) else { return false }
        return await withCheckedContinuation { continuation in
            let isTaken = daemon.requests.put(
                .perform { [proxy] daemon in
                    continuation.resume(returning: daemon.change(change, at: address, of: proxy))
                }
            )
            if !isTaken { continuation.resume(returning: false) }
        }
    }

    /// Names are looked up on a thread of their own: nobody else waits for that.
    private func address(of host: String) async -> IPAddress? {
        if let address = IPAddress(host) { return address }
        return await withCheckedContinuation { continuation in
            do throws(SystemError) {
                _ = try Thread.start(name: "look-up") {
                    continuation.resume(returning: HostNames.addresses(of: host).first)
                }
            } catch {
                continuation.resume(returning: nil)
            }
        }
    }
}

extension Daemon {
    /// On the main thread. A destination is recognised by where it is, as by glbd.
    func change(_ change: GLBChange, at address: IPAddress, of proxy: String) -> Bool {
        let parts = parts.withLock { $0 }
        let index = parts.configuration.proxies.firstIndex {
            $0.name == proxy && $0.kind == .listen && !$0.isDisabled
        }
        guard let index else { return false }
        let target = parts.configuration.proxies[index]
        guard let port = change.port ?? target.binds.first?.endpoint.port else { return false }
        let endpoint = Endpoint(address, port)
        let backend = parts.backends.first { $0.name == proxy }
        let row = backend?.snapshot(now: .now).servers.first { $0.endpoint == endpoint }
        guard let row, let backend else {
            guard let weight = change.weight else { return false }
            return add(endpoint, weight, to: index)
        }
        guard let weight = change.weight else {
            return remove(row.name, from: index)
        }
        carryOut(backend.setWeight(weight, of: row.id, now: .now), of: backend)
        log.line(.notice, "\(proxy)/\(row.name) has weight \(weight) by glb-control")
        return true
    }

    private func add(_ endpoint: Endpoint, _ weight: Weight, to proxy: Int) -> Bool {
        isDone { editor throws(ServerRefusal) in
            try editor.adding(editor.destination(endpoint, weight, of: proxy), to: proxy)
        }
    }

    private func remove(_ name: String, from proxy: Int) -> Bool {
        isDone { editor throws(ServerRefusal) in
            let servers = editor.parts.configuration.proxies[proxy].servers
            guard let index = servers.firstIndex(where: { $0.name == name }) else {
                throw .noServer
            }
            return editor.removing(index, from: proxy)
        }
    }

    private func isDone(
        _ make: (ServerEditor) throws(ServerRefusal) -> ServerEditor.Change
    ) -> Bool {
        switch editServers(make) {
        case .success: return true
        case .failure(let refusal):
            log.line(.warning, "glb-control: \(refusal.text)")
            return false
        }
    }
}

extension ServerEditor {
    /// A server that glbd's protocol adds: it has no name but its place, and what `default-server`
    /// says. One that the files have and somebody had removed is that one again.
    fileprivate func destination(
        _ endpoint: Endpoint,
        _ weight: Weight,
        of proxy: Int
    ) throws(ServerRefusal) -> Server {
        let target = parts.configuration.proxies[proxy]
        let known = parts.loaded.proxies[proxy].servers.first {
            $0.address == .address(endpoint.address) && $0.port == endpoint.port
        }
        var server =
            known
            ?? Server(
                name: "\(endpoint.address):\(endpoint.port)",
                address: .address(endpoint.address),
                port: endpoint.port,
                location: target.location,
                options: target.serverDefaults
            )
        server.options.weight = weight
        server.addition = ServerAddition(startsInMaintenance: false, startsUnchecked: false)
        guard !target.servers.contains(where: { $0.name == server.name }) else {
            throw .because("a server elsewhere is named \(server.name)")
        }
        return server
    }
}
