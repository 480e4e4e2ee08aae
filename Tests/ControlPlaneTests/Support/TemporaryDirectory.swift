import Glibc
import LinuxIO

/// A directory of sockets and files that goes away when the test lets go of it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let pattern = "/tmp/hb-control-" + String(repeating: "X", count: 6)
        var template = Array(pattern.utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError.last("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Reachable for the tests that drop privileges.
        unsafe chmod(path, 0o755)
    }

    /// The names in it, sorted.
    var names: [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    deinit {
        for name in names { unsafe remove("\(path)/\(name)") }
        unsafe rmdir(path)
    }
}
