internal import CLinux
internal import Glibc
package import LinuxIO

/// Plays a scene in a process of its own and tidies up behind it, however it ends: Ctrl-C, a closed
/// terminal, a crash.
///
/// The process that made the namespaces cannot do that: a signal may find it in the middle of
/// making them. What it has left is known by its number once it is gone.
package enum StageSupervisor {
    /// Set in the process that plays.
    private static let variable = "HA_BALANCER_STAGE"

    /// Whether this process is the one that plays.
    package static var isStage: Bool { unsafe getenv(variable) != nil }

    package enum Outcome: Equatable, Sendable {
        case ended(ExitStatus)
        /// Stopped by this signal before its end.
        case interrupted(Int32)
    }

    /// Runs `program` with `arguments` as the stage, waits for its end and removes what is left.
    package static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
        let raw = try SystemCall.run("signalfd") { hb_termination_signalfd() }
        let signals = OwnedDescriptor(adopting: raw)
        // A group of its own: the terminal's Ctrl-C is for this process alone.
        let stage = try ChildProcess.spawn(
            program,
            arguments,
            environment: [variable: "1"],
            newProcessGroup: true
        )
        let signal = waitForEnd(of: stage, signals.raw)
        if signal != nil { stage.killGroup(SIGKILL) }
        let status = stage.wait()
        if case .signaled = status { try LabNetwork.sweepLeftovers() }
        return signal.map { .interrupted($0) } ?? .ended(status)
    }

    /// - Returns: the signal that came first, or `nil` if the stage ended by itself.
    private static func waitForEnd(of stage: ChildProcess, _ signals: Int32) -> Int32? {
        while true {
            var entries = [stage.pidfd, signals].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            _ = unsafe poll(&entries, 2, -1)
            let signal = hb_read_signal(signals)
            if signal != 0 { return signal }
            if entries[0].revents != 0 { return nil }
        }
    }
}
