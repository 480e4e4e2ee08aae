internal import CBench
internal import Glibc

/// A program that this one started. It dies with this process, and with the object.
final class Child {
    /// Where a child lives and what it may use.
    struct Place {
        /// `nil`: where this process is.
        var namespace: String?
        /// `nil`: any.
        var cpu: Int32?
    }

    let pid: Int32
    private let input: Int32
    private let output: Int32
    private let name: String
    private var buffered: [UInt8] = []
    private(set) var status: Int32?

    /// - Parameters:
    ///   - log: gets standard error and, unless it is read here, standard output.
    ///   - isSpokenTo: whether its standard input and output are ours.
    init(
        _ command: [String],
        in place: Place = Place(),
        log: String = "/dev/null",
        isSpokenTo: Bool = false
    ) throws {
        name = command[0]
        let errors = unsafe open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        var toChild: [Int32] = [null, -1]
        var fromChild: [Int32] = [-1, errors]
        if isSpokenTo {
            _ = unsafe bench_pipe(&toChild)
            _ = unsafe bench_pipe(&fromChild)
        }
        defer {
            for end in Set([errors, null, toChild[0], fromChild[1]]) { close(end) }
        }
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        let descriptors = [toChild[0], fromChild[1], errors]
        pid = unsafe Self.spawn(place, &words, descriptors)
        let failure = bench_errno()
        input = toChild[1]
        output = fromChild[0]
        guard pid > 0 else {
            throw BenchError("\(command.joined(separator: " ")): \(System.reason(failure))")
        }
    }

    deinit {
        kill()
        if input >= 0 { close(input) }
        if output >= 0 { close(output) }
    }

    private static func spawn(
        _ place: Place,
        _ words: inout [UnsafeMutablePointer<CChar>?],
        _ descriptors: [Int32]
    ) -> Int32 {
        let cpu = place.cpu ?? -1
        guard let namespace = place.namespace else {
            return unsafe bench_spawn(nil, cpu, &words, descriptors)
        }
        return unsafe bench_spawn(namespace, cpu, &words, descriptors)
    }

    /// The next line that it prints.
    /// - Throws: when it ends or says nothing for `seconds`.
    func readLine(seconds: Double = 60) throws -> String {
        let deadline = System.nanoseconds + UInt64(seconds * 1e9)
        while true {
            if let end = buffered.firstIndex(of: 10) {
                let line = String(decoding: buffered[..<end], as: UTF8.self)
                buffered.removeSubrange(...end)
                return line
            }
            try System.checkInterruption()
            guard System.nanoseconds < deadline else {
                throw BenchError("\(name) said nothing for \(Int(seconds)) s")
            }
            var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, 200) > 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(output, &bytes, bytes.count)
            guard count > 0 else { throw BenchError("\(name) ended before it was done") }
            buffered += bytes[..<count]
        }
    }

    /// Lets it go on behind a barrier.
    func release() {
        _ = unsafe write(input, "\n", 1)
    }

    var hasEnded: Bool {
        if status != nil { return true }
        var code: Int32 = 0
        guard unsafe waitpid(pid, &code, WNOHANG) == pid else { return false }
        status = code
        return true
    }

    /// Waits for its end.
    func wait(seconds: Double) throws -> Bool {
        try System.wait(seconds: seconds) { hasEnded }
    }

    func signal(_ number: Int32) {
        if !hasEnded { _ = Glibc.kill(pid, number) }
    }

    /// Ends it and all that it started, at once.
    func kill() {
        guard pid > 0 else { return }
        // Also when its first process has ended: the others of the group may live.
        if !hasEnded { _ = Glibc.kill(-pid, SIGKILL) }
        while status == nil {
            var code: Int32 = 0
            if unsafe waitpid(pid, &code, 0) == pid { status = code }
        }
    }
}
