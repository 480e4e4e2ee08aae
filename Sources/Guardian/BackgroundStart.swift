internal import CLinux
internal import Glibc
package import LinuxIO
internal import Primitives

/// `-D` and `daemon`: starts the program anew, away from the terminal, and waits until it serves.
package enum BackgroundStart {
    /// What the new process says until it serves goes to this one's standard error.
    /// - Parameters:
    ///   - patience: longer than any start takes
    ///   - environment: besides its own, and `NOTIFY_SOCKET`, by which it says that it serves
    /// - Returns: the exit status, 0 when it serves; `nil`: it did not in time, and was stopped
    package static func run(
        _ arguments: [String],
        patience: Duration,
        environment: [String: String] = [:]
    ) throws(SystemError) -> Int32? {
        var path = [CChar](repeating: 0, count: 128)
        let raw = unsafe hb_notify_listen(&path, path.count)
        guard raw >= 0 else { throw .last("bind", "a notification socket") }
        let socket = OwnedDescriptor(adopting: raw)
        let name = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        let null = OwnedDescriptor(
            adopting: try SystemCall.run("open", "/dev/null") {
                unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
            }
        )
        let pipe = try Self.pipe()
        let process = try ChildProcess.spawn(
            ProgramReplacement.ownPath,
            arguments,
            environment: environment.merging(["NOTIFY_SOCKET": name]) { $1 },
            descriptors: [0: null.raw, 1: null.raw, 2: pipe.write.raw],
            newSession: true
        )
        return wait(for: process, socket.raw, pipe.read.raw, until: .now + patience)
    }

    private struct Pipe: ~Copyable {
        let read: OwnedDescriptor
        let write: OwnedDescriptor
    }

    private static func pipe() throws(SystemError) -> Pipe {
        var ends: [Int32] = [-1, -1]
        try SystemCall.run("pipe") { unsafe hb_pipe2(&ends, O_CLOEXEC | O_NONBLOCK) }
        return Pipe(
            read: OwnedDescriptor(adopting: ends[0]),
            write: OwnedDescriptor(adopting: ends[1])
        )
    }

    private static func wait(
        for process: ChildProcess,
        _ socket: Int32,
        _ said: Int32,
        until deadline: Instant
    ) -> Int32? {
        while Instant.now < deadline {
            Poll.wait(of: [process.pidfd, socket, said], until: deadline)
            passOn(said)
            if let status = process.tryWait() {
                passOn(said)
                // 0: a running process has taken the configuration over.
                if case .exited(let code) = status { return code }
                return 1
            }
            if isReady(socket) { return 0 }
        }
        process.kill(SIGTERM)
        return nil
    }

    private static func isReady(_ socket: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 512)
        while case let count = unsafe recv(socket, &bytes, bytes.count, 0), count > 0 {
            let text = String(decoding: bytes[..<count], as: UTF8.self)
            if text.split(separator: "\n").contains("READY=1") { return true }
        }
        return false
    }

    private static func passOn(_ said: Int32) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe read(said, &bytes, bytes.count), count > 0 {
            _ = unsafe write(2, bytes, count)
        }
    }
}
