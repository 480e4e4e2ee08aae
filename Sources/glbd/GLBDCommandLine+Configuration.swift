internal import ControlPlane
internal import Primitives

/// What the command line says, in ha-balancer's own language.
extension GLBDCommandLine {
    var configuration: String {
        (global + section).joined(separator: "\n") + "\n"
    }

    private var global: [String] {
        var lines = ["global", "    log-tag glbd", "    nbthread \(threads)"]
        if runsInBackground { lines.append("    log /dev/log daemon") }
        if let maxConnections { lines.append("    maxconn \(maxConnections)") }
        return lines
    }

    private var section: [String] {
        var lines = ["listen glb", "    bind \(Self.text(listen))", "    balance \(balance)"]
        if let control { lines.append("    glb-control \(Self.text(control))") }
        lines.append("    glb-fifo \(fifo)")
        if let maxConnections { lines.append("    maxconn \(maxConnections)") }
        // glbd goes on until it runs out of destinations.
        lines.append("    retries \(max(3, destinations.count))")
        lines.append("    timeout connect 5s")
        if keepsAlive { lines.append("    option tcpka") }
        lines.append("    default-server blacklist \((interval * 2).milliseconds)ms")
        return lines + destinations.map(server)
    }

    private var balance: String {
        let name =
            switch policy {
            case .least: "glb-least"
            case .round: "glb-round"
            case .random: "random(1)"
            case .source: "source"
            case .single: "glb-single"
            }
        return isTopOnly ? name + " top" : name
    }

    private func server(_ destination: GLBChange) -> String {
        let isV6 = destination.host.contains(":")
        let port = destination.port ?? listen.port
        let place = isV6 ? "[\(destination.host)]:\(port)" : "\(destination.host):\(port)"
        let weight = destination.weight.map { " weight \($0)" } ?? ""
        return "    server \(destination.host):\(port) \(place)\(weight)"
    }

    private static func text(_ endpoint: Endpoint) -> String { "\(endpoint)" }

    /// What glbd prints at its start.
    var summary: String {
        let policies: [Policy: String] = [
            .least: "least connected", .round: "round-robin", .random: "random",
            .source: "source", .single: "single",
        ]
        let rows = destinations.enumerated().map { number, destination in
            "   \(number): \(destination.host):\(destination.port ?? listen.port)"
                + " , w: \(destination.weight ?? 0)\n"
        }
        return "Incoming address: \(listen), control FIFO: \(fifo)\n"
            + "Control  address:  \(control.map { "\($0)" } ?? "none")\n"
            + "Number of threads: \(threads), "
            + "max conn: \(maxConnections.map { "\($0)" } ?? "by the system"), "
            + "keepalive: \(keepsAlive ? "ON" : "OFF"), "
            + "daemon: \(runsInBackground ? "YES" : "NO"), "
            + "policy: '\(policies[policy] ?? "")', top: \(isTopOnly ? "YES" : "NO")\n"
            + "Destinations: \(destinations.count)\n" + rows.joined()
    }

    static let help = """
        Usage:
          glbd [OPTIONS] LISTEN_ADDRESS [DESTINATION_LIST]
        OPTIONS:
          -h|--help                 this help message.
          -b|--round                one destination after the other, whatever their weights.
          -c|--control [HOST:]PORT  listen for control requests there (host: 127.0.0.1).
          -d|--daemon               run as a daemon, as user 'daemon' where root starts it.
          -f|--fifo NAME            control FIFO (default: /tmp/glbd.fifo).
          -i|--interval D.DDD       a destination that failed is left alone for twice that
                                    (seconds, default 1.0).
          -m|--max_conn N           client connections at a time.
          -r|--random               a destination drawn by the weights.
          -s|--source               one client, one destination.
          -t|--threads N            worker threads (default 1).
          -K|--keepalive            *DISABLE* SO_KEEPALIVE.
          -S|--single               all to one destination, that with the largest weight.
          -T|--top                  only destinations with the largest weight.
          -V|--version              print program version.
          --configuration           print all this as a configuration of ha-balancer.
        Without effect, with a note: -a -l -n -v -x -Y. Not supported: -w -D -L N.
        LISTEN_ADDRESS:
          [IP:]PORT                 where to listen for TCP connections.
        DESTINATION_LIST:
          [H1[:P1[:W1]]] [H2[:P2[:W2]]]...
                                    address, port (default: that of LISTEN_ADDRESS), weight
                                    (default: 1).

        """
}
