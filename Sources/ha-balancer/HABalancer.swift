internal import ArgumentParser
internal import Daemon

/// `ha-balancer`: the commands.
struct HABalancer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ha-balancer",
        abstract:
            "A TCP load balancer for MySQL and MariaDB Galera whose two nodes share a virtual IP.",
        discussion: """
            It reads HAProxy's configuration language. A node is started by `run`; the other \
            commands check a file or speak to the running daemon. HAProxy's own form works too: \
            `ha-balancer -f FILE` runs, `ha-balancer -c -f FILE` checks, with -D, -p, -q, -C, -L, \
            -sf, -st, -Ws and the like.

            Exit status: 0 done, 1 refused or failed (the reason is on standard error), 2 wrong \
            usage.
            """,
        version: "ha-balancer \(ProductVersion.number) (\(ProductVersion.releaseDate))",
        subcommands: [
            RunCommand.self, CheckCommand.self, StatusCommand.self, FailoverCommand.self,
            MaintenanceCommand.self, ReloadCommand.self, DoctorCommand.self, DemoCommand.self,
        ]
    )
}
