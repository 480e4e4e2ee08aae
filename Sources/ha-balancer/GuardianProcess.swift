internal import CLinux
internal import Daemon
internal import Glibc
internal import Guardian
internal import LinuxIO

/// The guardian as a process: the command line and the configuration have been looked at, and the
/// memory that this took is left behind by starting the program anew in the same process.
enum GuardianProcess {
    /// Number of the lock's descriptor, and whether there is a pair.
    private static let variable = "HA_BALANCER_GUARDIAN"
    private static let successionVariable = "HA_BALANCER_SUCCESSION"

    /// - Parameter arguments: those that make this program the daemon
    /// - Returns: only when it fails: why
    static func begin(
        _ arguments: [String],
        lock: borrowing InstanceLock,
        hasPair: Bool,
        succession: Succession
    ) -> SystemError {
        // Not close-on-exec.
        let copy = dup(lock.descriptor.raw)
        guard copy >= 0 else { return .last("dup", "the lock") }
        return ProgramReplacement.become(
            ProgramReplacement.ownPath,
            [CommandLine.arguments.first ?? "ha-balancer"] + arguments,
            environment: [
                variable: "\(copy) \(hasPair ? "pair" : "plain")",
                successionVariable: succession.text,
            ]
        )
    }

    /// The first thing that the program does.
    /// - Returns: the exit status of a guardian; `nil` where this process is none
    static func resume() -> Int32? {
        guard let value = unsafe getenv(variable) else { return nil }
        let words = unsafe String(cString: value).split(separator: " ")
        // The daemon is none.
        _ = unsafe unsetenv(variable)
        let succession = unsafe getenv(successionVariable).flatMap {
            Succession(text: unsafe String(cString: $0))
        }
        _ = unsafe unsetenv(successionVariable)
        // Somebody else's variable names no lock of ours.
        guard words.count == 2, let raw = Int32(words[0]), hb_lock_exclusive(raw) == 0 else {
            return nil
        }
        _ = unsafe hb_name_this_thread("ha-balancer")
        do {
            let guardian = try Guardian(
                program: "/proc/self/exe",
                arguments: Array(CommandLine.arguments.dropFirst()),
                lock: InstanceLock(adopting: raw),
                succession: succession ?? Succession(),
                log: { StandardError.write("<4>", $0) }
            )
            if words[1] == "pair" { guardian.beReady() }
            return guardian.run()
        } catch {
            Terminal.complain("\(error)")
            return 1
        }
    }
}
