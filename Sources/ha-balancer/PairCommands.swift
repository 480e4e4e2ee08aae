internal import ArgumentParser
internal import ControlPlane

/// `failover`: the planned move.
struct FailoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover",
        abstract: "Move the virtual IP to the other node, and report how long nobody held it.",
        discussion: """
            Refused, with the reason, if the other node is not ready. Can be given on either node. \
            Sessions through the virtual IP are reset and reconnect to the other node.
            """
    )

    @OptionGroup var options: SocketOption

    @Option(help: ArgumentHelp("The node that shall hold it.", valueName: "node"))
    var to: String?

    func run() throws {
        let words = ["failover"] + (to.map { ["to", $0] } ?? [])
        try Terminal.end(
            try options.ask { client throws(RuntimeAPIClientError) in
                try client.perform(words, timeout: .seconds(10))
            }
        )
    }
}

/// `maintenance on|off`
struct MaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Keep this node away from the virtual IP, across restarts, or bring it back.",
        discussion: """
            `on` hands the virtual IP over first. It is refused on the last able node, unless \
            --force is given: then no node holds the virtual IP.
            """
    )

    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    @OptionGroup var options: SocketOption

    @Argument(help: "on or off")
    var state: Switch

    @Flag(help: "Do it even if no node is left to hold the virtual IP.")
    var force = false

    func run() throws {
        var words = ["maintenance", state.rawValue]
        if force, state == .on { words.append("force") }
        try Terminal.end(
            try options.ask { client throws(RuntimeAPIClientError) in
                try client.perform(words, timeout: .seconds(10))
            }
        )
    }
}

/// `reload`: what SIGHUP does, with an answer.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract:
            "Make the daemon read its configuration again; a file with errors changes nothing."
    )

    @OptionGroup var options: SocketOption

    func run() throws {
        try Terminal.end(
            try options.ask { client throws(RuntimeAPIClientError) in
                try client.perform(["reload"], timeout: .seconds(60))
            }
        )
    }
}
