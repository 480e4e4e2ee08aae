internal import ArgumentParser
internal import Daemon
internal import Glibc

/// What `check` and `run` print about a configuration.
enum Report {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(2, bytes, bytes.count)
    }

    static func summary(_ outcome: ConfigurationLoader.Outcome) {
        let count = outcome.errorCount
        write("\(count) error\(count == 1 ? "" : "s"): nothing was started or changed\n")
    }
}

/// `check`: is this configuration good, on this node?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration and what it needs on this node; start nothing.",
        discussion: "Every mistake is reported with file, line and column."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try options.enterDirectory()
        let outcome = ConfigurationLoader.load(options.files, options.settings)
        let isQuiet = options.quiet && outcome.configuration != nil
        if !outcome.rendered.isEmpty, !isQuiet { Report.write(outcome.rendered) }
        guard let configuration = outcome.configuration else {
            Report.summary(outcome)
            throw ExitCode(1)
        }
        let findings = NodeCheck.findings(configuration, node: options.node)
        for warning in findings.warnings where !isQuiet { Terminal.complain("warning: \(warning)") }
        for error in findings.errors { Terminal.complain("error: \(error)") }
        guard findings.errors.isEmpty else { throw ExitCode(1) }
        if !isQuiet { print("Configuration file is valid") }
    }
}
