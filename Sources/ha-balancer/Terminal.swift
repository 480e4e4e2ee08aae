internal import ArgumentParser
internal import ControlPlane
internal import Glibc

/// How commands print and end.
enum Terminal {
    static var isTerminal: Bool { isatty(1) == 1 }

    /// Colour only on a terminal, and only if nobody objects (no-color.org).
    static var wantsColour: Bool {
        guard isTerminal else { return false }
        guard let value = unsafe getenv("NO_COLOR") else { return true }
        return unsafe String(cString: value).isEmpty
    }

    static func complain(_ text: String) {
        let bytes = Array(("ha-balancer: " + text + "\n").utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }

    /// Prints the outcome of one of our verbs, and ends with 1 if it was refused.
    static func end(_ result: CommandResult) throws {
        switch result {
        case .done(let text):
            print(text)
        case .refused(let reason):
            complain(reason)
            throw ExitCode(1)
        }
    }
}

/// The daemon to speak to.
struct SocketOption: ParsableArguments {
    @Option(
        name: [.long, .customShort("s")],
        help: ArgumentHelp("The daemon's runtime API socket.", valueName: "path")
    )
    var socket = ControlSocket.defaultPath

    var client: RuntimeAPIClient { RuntimeAPIClient(path: socket) }

    /// Asks the daemon; what goes wrong is said in one line and ends with 1.
    func ask<Answer>(
        _ question: (RuntimeAPIClient) throws(RuntimeAPIClientError) -> Answer
    ) throws -> Answer {
        do {
            return try question(client)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
    }
}
