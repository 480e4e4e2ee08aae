internal import Glibc
package import LinuxIO

/// Small files, read and written in one call.
package enum TextFile {
    /// Creates or truncates the file.
    package static func write(_ text: String, to path: String) throws(SystemError) {
        let raw = try SystemCall.run("open", path) {
            unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        }
        let file = OwnedDescriptor(adopting: raw)
        var bytes = Array(text.utf8)
        let written = try SystemCall.run("write", path) {
            unsafe Glibc.write(file.raw, &bytes, bytes.count)
        }
        guard written == bytes.count else { throw SystemError("write", path, errno: ENOSPC) }
    }

    package static func read(_ path: String) throws(SystemError) -> String {
        let raw = try SystemCall.run("open", path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
        let file = OwnedDescriptor(adopting: raw)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try SystemCall.run("read", path) {
                unsafe Glibc.read(file.raw, &buffer, buffer.count)
            }
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += buffer[..<count]
        }
    }
}
