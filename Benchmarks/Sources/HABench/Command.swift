internal import CBench
internal import Glibc

/// Runs a tool such as `ip` to its end.
enum Command {
    /// - Returns: what it printed, errors included.
    /// - Throws: with that when its status is not 0.
    @discardableResult
    static func run(_ command: [String], in place: Child.Place = .init()) throws -> String {
        let (status, output) = try attempt(command, in: place)
        guard status == 0 else {
            throw BenchError("\(command.joined(separator: " ")): \(output)")
        }
        return output
    }

    static func attempt(
        _ command: [String],
        in place: Child.Place = .init()
    ) throws -> (status: Int32, output: String) {
        let file = "/tmp/hbench\(getpid())-output"
        _ = unsafe unlink(file)
        defer { _ = unsafe unlink(file) }
        let child = try Child(command, in: place, log: file)
        // Not to be interrupted: tools that make and remove namespaces are short, and half done
        // is worse than done.
        while !child.hasEnded { usleep(300) }
        return (child.status ?? -1, System.read(file) ?? "")
    }
}
