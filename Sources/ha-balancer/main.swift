internal import ArgumentParser
internal import Glibc
internal import Primitives

/// A command that does not exist is more often misspelt than missing.
func advice(for word: String, among names: [String]) -> String? {
    guard !word.hasPrefix("-"), word != "help", !names.contains(word) else { return nil }
    guard let nearest = Spelling.nearest(to: word, among: names) else {
        return "unknown command '\(word)': expected one of \(names.joined(separator: ", "))"
    }
    return "unknown command '\(word)', did you mean '\(nearest)'?"
}

/// Parses and runs; wrong usage ends with 2, as the manual page promises.
func main() -> Int32 {
    var arguments = Array(CommandLine.arguments.dropFirst())
    do throws(HAProxyForm.Refusal) {
        if let command = try HAProxyForm.command(arguments) {
            arguments = command.arguments
            for note in command.notes { Terminal.complain("note: \(note)") }
        }
    } catch {
        Terminal.complain("\(error.text). See 'ha-balancer --help'.")
        return 2
    }
    let names = HABalancer.configuration.subcommands.compactMap { $0.configuration.commandName }
    if let word = arguments.first, let text = advice(for: word, among: names) {
        Terminal.complain("\(text) See 'ha-balancer --help'.")
        return 2
    }
    guard !arguments.isEmpty else {
        Terminal.complain(
            "which command? Expected one of \(names.joined(separator: ", ")). "
                + "See 'ha-balancer --help'."
        )
        return 2
    }
    do {
        var command = try HABalancer.parseAsRoot(arguments)
        try command.run()
        return 0
    } catch let status as ExitCode {
        return status.rawValue
    } catch {
        let text = HABalancer.fullMessage(for: error)
        let isHelp = HABalancer.exitCode(for: error).isSuccess
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(isHelp ? 1 : 2, bytes, bytes.count)
        return isHelp ? 0 : 2
    }
}

exit(GuardianProcess.resume() ?? main())
