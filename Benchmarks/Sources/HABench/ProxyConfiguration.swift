/// The configuration of a contender: the same lines for both balancers, but for those that one
/// knows and the other does not.
struct ProxyConfiguration {
    let contender: Contender
    /// Sockets that a process may have.
    let descriptors: Int
    /// Where a balancer may keep what it writes.
    let folder: String

    static let ports = [7000, 7001, 7002]
    static let databasePort = 3306
    /// Pipes of forced splicing: more than the sessions that have bytes under way at one time.
    private static let pipes = 600

    /// Each session has two sockets, a pipe two ends; the rest is for listeners and the like.
    var sessionLimit: Int { min(20_000, (descriptors - 2 * Self.pipes - 400) / 2) }

    /// - Parameter hasDatabase: in front of the database cluster instead of `echo`.
    func text(hasDatabase: Bool) -> String {
        var lines = """
            global
                maxconn \(sessionLimit)
                nbthread \(contender.threads)
                log 127.0.0.1:514 local0
                stats socket \(folder)/\(contender.name).sock level admin

            """
        switch contender.kind {
        case .none: break
        case .haproxy(let splice):
            if splice { lines += "    maxpipes \(Self.pipes)\n" }
        case .haBalancer(let engine):
            lines += "    state-dir \(folder)/state\n"
            if let engine { lines += "    tune.engine \(engine)\n" }
        }
        lines += """

            defaults
                mode tcp
                log global
                option tcplog
                option dontlognull
                maxconn \(sessionLimit)
                timeout connect 5s
                timeout client 1h
                timeout server 1h

            """
        if contender.kind == .haproxy(splice: true) {
            // Without these HAProxy copies, whatever the stream.
            lines += "    option splice-request\n    option splice-response\n"
        }
        return lines + (hasDatabase ? Self.database : Self.echo)
    }

    private static let echo = ports.map { port in
        """

        listen port-\(port)
            bind 0.0.0.0:\(port)
            server echo \(Network.serverAddresses[0]):\(port)

        """
    }.joined()

    private static let database =
        """

        listen database
            bind 0.0.0.0:\(databasePort)
            balance roundrobin

        """
        + Network.serverAddresses.enumerated().map { index, address in
            "    server node\(index + 1) \(address):\(databasePort)\n"
        }.joined()
}
