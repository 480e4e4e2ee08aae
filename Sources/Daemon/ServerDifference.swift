internal import Configuration

/// What the servers that run differ by from those of the files, since somebody has edited them.
enum ServerDifference {
    /// One text for each server that differs; none where all are as the files have them.
    static func texts(
        from files: BalancerConfiguration,
        to running: BalancerConfiguration
    ) -> [String] {
        zip(files.proxies, running.proxies).flatMap { old, new in
            texts(old.serversByName, new.servers, of: new.name)
                + removed(old.servers, new.serversByName, of: new.name)
        }
    }

    private static func texts(
        _ old: [String: Server],
        _ new: [Server],
        of proxy: String
    ) -> [String] {
        new.compactMap { server in
            let place = "\(proxy)/\(server.name)"
            let address = "\(server.address):\(server.port)"
            guard let before = old[server.name] else { return "\(place) was added, \(address)" }
            guard server.address == before.address, server.port == before.port else {
                return "\(place) is at \(address)"
            }
            return server.options == before.options ? nil : "\(place) has other options"
        }
    }

    private static func removed(
        _ old: [Server],
        _ new: [String: Server],
        of proxy: String
    ) -> [String] {
        old.filter { new[$0.name] == nil }.map { "\(proxy)/\($0.name) was removed" }
    }
}
