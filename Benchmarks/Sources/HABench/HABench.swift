internal import ArgumentParser

@main
struct HABench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ha-bench",
        abstract: "Compares ha-balancer with HAProxy, and with itself of another day.",
        subcommands: [RunCommand.self, CompareCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
