internal import CBench
internal import Glibc

/// Small things that the kernel does for us.
enum System {
    /// Nanoseconds of a clock that only goes forward.
    static var nanoseconds: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func reason(_ number: Int32 = bench_errno()) -> String {
        unsafe String(cString: strerror(number))
    }

    /// Throws when somebody wants us to end.
    static func checkInterruption() throws {
        let signal = bench_caught_signal()
        if signal != 0 { throw Interrupted(signal: signal) }
    }

    static func pause(seconds: Double) throws {
        usleep(UInt32(seconds * 1e6))
        try checkInterruption()
    }

    /// Asks every millisecond until the answer is yes; `false` when it was not within the time.
    static func wait(seconds: Double, until isTrue: () throws -> Bool) throws -> Bool {
        let deadline = nanoseconds + UInt64(seconds * 1e9)
        while true {
            if try isTrue() { return true }
            guard nanoseconds < deadline else { return false }
            try pause(seconds: 0.001)
        }
    }

    /// What a file holds; `nil` if it cannot be read.
    static func read(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return readAll(file)
    }

    static func readAll(_ file: Int32) -> String {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count < 0, bench_errno() == EINTR { continue }
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += buffer[..<count]
        }
    }

    static func write(_ text: String, to path: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw BenchError("\(path) cannot be written: \(reason())") }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(file, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else { throw BenchError("\(path) cannot be written: \(reason())") }
            rest = rest.dropFirst(count)
        }
    }

    /// The names in a folder; none if it is not there.
    static func entries(of path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The CPUs that this process may run on.
    static let cpuCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// The folder of this program, where `load` and `echo` lie too.
    static let programFolder: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
    }()

    static func makeTemporaryFolder() throws -> String {
        var template = Array("/tmp/hbench\(getpid())-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template) != nil
        guard made else { throw BenchError("no folder in /tmp: \(reason())") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
