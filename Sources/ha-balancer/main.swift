internal import ArgumentParser
internal import Glibc
internal import Primitives

/// HAProxy's bare form: `-f FILE` runs, `-c -f FILE` checks. Turned into our commands here, so that
/// the rest knows only one form.
func normalised(_ arguments: [String]) -> [String] {
    guard let first = arguments.first, first.hasPrefix("-") else { return arguments }
    if first == "-v" { return ["--version"] }
    guard arguments.contains("-f") else { return arguments }
    let rest = arguments.filter { $0 != "-c" && $0 != "-V" && $0 != "-db" }
    return [arguments.contains("-c") ? "check" : "run"] + rest
}

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
    let arguments = normalised(Array(CommandLine.arguments.dropFirst()))
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
