internal import ArgumentParser
internal import Demo
internal import Glibc
internal import Lab
internal import LinuxIO

/// `demo`: the whole scene in network namespaces, in half a minute.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "Show a pair at work in network namespaces: load, a kill, a failover, a power cut.",
        discussion: """
            Needs root, iproute2 and nftables. It touches nothing of this host's own network and \
            removes what it made, also when it fails or is interrupted.
            """
    )

    @Flag(help: "Use a real three-node MariaDB Galera cluster (Debian's packages) behind it.")
    var galera = false

    func run() throws {
        guard geteuid() == 0 else {
            Terminal.complain("the demo makes network namespaces: run it as root (sudo)")
            throw ExitCode(1)
        }
        guard StageSupervisor.isStage else { return try supervise() }
        let settings = Demo.Settings(
            // The nodes of the demo run this very program.
            binary: ProgramReplacement.ownPath,
            usesGalera: galera,
            usesColour: Terminal.wantsColour
        )
        do {
            guard try Demo(settings).run() else { throw ExitCode(1) }
        } catch let status as ExitCode {
            throw status
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
    }

    /// The same command once more, in a process that may be killed at any moment.
    private func supervise() throws {
        let outcome: StageSupervisor.Outcome
        do {
            let arguments = ["demo"] + (galera ? ["--galera"] : [])
            outcome = try StageSupervisor.run("/proc/self/exe", arguments)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        switch outcome {
        case .ended(.exited(let status)):
            throw ExitCode(status)
        case .ended(let status):
            Terminal.complain("the demo ended early (\(status)); what it had made is removed")
        case .interrupted:
            Terminal.complain("the demo was interrupted; what it had made is removed")
        }
        throw ExitCode(1)
    }
}
