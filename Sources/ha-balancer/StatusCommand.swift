internal import ArgumentParser
internal import ControlPlane

/// `status`: what this node knows of the pair and of the servers.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show both nodes, who holds the virtual IP and why, and every server."
    )

    @OptionGroup var options: SocketOption

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(help: "Repaint each second, until Ctrl-C.")
    var watch = false

    mutating func validate() throws {
        if json, watch { throw ValidationError("--json and --watch exclude each other") }
    }

    func run() throws {
        if watch {
            StatusWatch(descriptor: 1, isTerminal: Terminal.isTerminal).run { current() }
            return
        }
        let reply = try options.ask { client throws(RuntimeAPIClientError) in
            try client.request(["show", "pair", "json"])
        }
        let report = try decode(reply)
        if json {
            print(report.json(pretty: true))
        } else {
            print(StatusText(report, colour: Terminal.wantsColour).text, terminator: "")
        }
    }

    private func decode(_ reply: String) throws -> StatusReport {
        do {
            return try StatusReport(json: reply)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
    }

    /// One picture; a daemon that is away for a moment is told in its place.
    private func current() -> String {
        do {
            let reply = try options.client.request(["show", "pair", "json"])
            return StatusText(try StatusReport(json: reply), colour: Terminal.wantsColour).text
        } catch {
            return "\(error)\n"
        }
    }
}
