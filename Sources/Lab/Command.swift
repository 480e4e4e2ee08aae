internal import CLinux
internal import Glibc
package import LinuxIO

/// Runs the tools of the lab (`ip`, `nft`, `mariadb`) and collects what they print. The daemon runs
/// no program; only the lab does.
package enum Command {
    package struct Result: Sendable {
        package let status: ExitStatus
        package let standardOutput: String
        package let standardError: String
    }

    /// Runs a program to its end, with nothing on its standard input.
    /// - Parameter program: A path, or a name that is looked up in `PATH`.
    /// - Throws: `SystemError` when it could not be started; a failure of the program is a result.
    package static func run(_ program: String, _ arguments: [String] = []) throws -> Result {
        let null = try open("/dev/null", O_RDONLY)
        let (output, outputEnd) = try pipe()
        let (errors, errorsEnd) = try pipe()
        let child: ChildProcess
        do {
            defer { for end in [outputEnd, errorsEnd] { close(end) } }
            child = try ChildProcess.spawn(
                program,
                arguments,
                descriptors: [0: null.raw, 1: outputEnd, 2: errorsEnd]
            )
        } catch {
            for end in [output, errors] { close(end) }
            throw error
        }
        let printed = readBoth(
            OwnedDescriptor(adopting: output),
            OwnedDescriptor(adopting: errors)
        )
        return Result(
            status: child.wait(),
            standardOutput: String(decoding: printed.0, as: UTF8.self),
            standardError: String(decoding: printed.1, as: UTF8.self)
        )
    }

    /// Runs a program that has to succeed.
    /// - Returns: Its standard output.
    /// - Throws: `LabError` with the command line and what it said, when its status is not 0.
    @discardableResult
    package static func check(_ program: String, _ arguments: [String] = []) throws -> String {
        let result = try run(program, arguments)
        guard result.status.isSuccess else {
            let line = ([program] + arguments).joined(separator: " ")
            throw LabError("\(line): \(result.status): \(result.standardError)")
        }
        return result.standardOutput
    }

    private static func open(_ path: String, _ flags: Int32) throws -> OwnedDescriptor {
        OwnedDescriptor(
            adopting: try SystemCall.run("open", path) {
                unsafe Glibc.open(path, flags | O_CLOEXEC)
            }
        )
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try SystemCall.run("pipe2") { unsafe hb_pipe2(&ends, O_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Reads two pipes to their ends at once: one after the other, a program that fills the second
    /// would wait for ever.
    private static func readBoth(
        _ first: consuming OwnedDescriptor,
        _ second: consuming OwnedDescriptor
    ) -> ([UInt8], [UInt8]) {
        var entries = [first.raw, second.raw].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        var collected: [[UInt8]] = [[], []]
        var buffer = [UInt8](repeating: 0, count: 65536)
        while entries.contains(where: { $0.fd >= 0 }) {
            _ = unsafe poll(&entries, 2, -1)
            for index in entries.indices where entries[index].revents != 0 {
                let count = unsafe read(entries[index].fd, &buffer, buffer.count)
                if count > 0 {
                    collected[index] += buffer[..<count]
                } else {
                    // poll skips negative descriptors.
                    entries[index].fd = -1
                }
                entries[index].revents = 0
            }
        }
        return (collected[0], collected[1])
    }
}
