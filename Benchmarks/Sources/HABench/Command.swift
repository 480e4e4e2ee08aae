internal import CBench
internal import Glibc

/// Runs a tool such as `ip` to its end.
enum Command {
    /// - Returns: what it printed, errors included.
    /// - Throws: with that when its status is not 0.
    @discardableResult
    static func run(
        _ command: [String],
        in place: Child.Place = .init(),
        isInterruptible: Bool = false
    ) throws -> String {
        let (status, output) = try attempt(command, in: place, isInterruptible: isInterruptible)
        guard status == 0 else {
            throw BenchError("\(command.joined(separator: " ")): \(output)")
        }
        return output
    }

    static func attempt(
        _ command: [String],
        in place: Child.Place = .init(),
        isInterruptible: Bool = false
    ) throws -> (status: Int32, output: String) {
        let file = "/tmp/hbench\(getpid())-output"
        _ = unsafe unlink(file)
        defer { _ = unsafe unlink(file) }
        let child = try Child(command, in: place, log: file)
        while !child.hasEnded {
            usleep(300)
            // Tools that make and remove namespaces are short, and half done is worse than done.
            if isInterruptible { try System.checkInterruption() }
        }
        return (child.status ?? -1, System.read(file) ?? "")
    }
}
