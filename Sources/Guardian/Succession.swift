internal import Glibc
package import LinuxIO

/// What the outside is told of a guardian's begin and end: HAProxy's `-p`, `-sf` and `-st`.
package struct Succession: Equatable {
    /// Gets this process's number once the daemon serves; removed in the end.
    package var pidFile: String?
    /// Processes that end when the daemon serves, and how they are told to.
    package var predecessors: [Int32]
    package var signal: Int32

    package init(pidFile: String? = nil, predecessors: [Int32] = [], signal: Int32 = SIGUSR1) {
        self.pidFile = pidFile
        self.predecessors = predecessors
        self.signal = signal
    }

    /// As one word for an environment variable.
    package var text: String {
        let numbers = predecessors.map(String.init).joined(separator: ",")
        return "\(signal):\(numbers):\(pidFile ?? "")"
    }

    package init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let signal = Int32(parts[0]) else { return nil }
        self.signal = signal
        predecessors = parts[1].split(separator: ",").compactMap { Int32($0) }
        pidFile = parts[2].isEmpty ? nil : String(parts[2])
    }

    /// The predecessors stop listening, so that the daemon can bind.
    package func begin() {
        tell(SIGTTOU)
    }

    /// The daemon serves.
    func succeed(_ log: (String) -> Void) {
        tell(signal)
        guard let pidFile else { return }
        do {
            try Self.write(getpid(), to: pidFile)
        } catch {
            log("pidfile: \(error)")
        }
    }

    /// It never will: the predecessors listen again.
    func fail() {
        tell(SIGTTIN)
    }

    /// A file that names another process by now is left alone.
    func end() {
        guard let pidFile, StateDirectory.read(pidFile) == "\(getpid())" else { return }
        _ = unsafe unlink(pidFile)
    }

    /// In place, as HAProxy does: its directory may belong to somebody else.
    package static func write(_ pid: Int32, to path: String) throws(SystemError) {
        let raw = try SystemCall.run("open", path) {
            unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        }
        let file = OwnedDescriptor(adopting: raw)
        let bytes = Array("\(pid)\n".utf8)
        let written = try SystemCall.run("write", path) {
            unsafe Glibc.write(file.raw, bytes, bytes.count)
        }
        guard written == bytes.count else { throw SystemError("write", path, errno: ENOSPC) }
    }

    private func tell(_ signal: Int32) {
        for pid in predecessors { _ = kill(pid, signal) }
    }
}
