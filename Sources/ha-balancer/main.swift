internal import ArgumentParser
internal import Glibc

/// HAProxy's bare form: `-f FILE` runs, `-c -f FILE` checks. Turned into our commands here, so that the
/// rest knows only one form.
func normalised(_ arguments: [String]) -> [String] {
    guard let first = arguments.first, first.hasPrefix("-") else { return arguments }
    if first == "-v" { return ["--version"] }
    guard arguments.contains("-f") else { return arguments }
    let rest = arguments.filter { $0 != "-c" && $0 != "-V" && $0 != "-db" }
    return [arguments.contains("-c") ? "check" : "run"] + rest
}

/// Parses and runs; wrong usage ends with 2, as the manual page promises.
func main() -> Int32 {
    do {
        var command = try HABalancer.parseAsRoot(normalised(Array(CommandLine.arguments.dropFirst())))
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

exit(main())
