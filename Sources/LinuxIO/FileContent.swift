internal import Glibc

/// Whole small files: configuration, keys, what the kernel shows under /proc.
package enum FileContent {
    /// At most `limit` bytes; a longer file is cut there, which its reader reports.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let raw = try SystemCall.run("open", path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
        let file = OwnedDescriptor(adopting: raw)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = try SystemCall.run("read", path) {
                unsafe buffer.withUnsafeMutableBytes {
                    unsafe Glibc.read(file.raw, $0.baseAddress, $0.count)
                }
            }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return Array(bytes.prefix(limit))
    }

    /// Of a file that may be there or not; `nil` where it cannot be read.
    /// - Parameter limit: in bytes; a longer file is cut there.
    package static func text(_ path: String, limit: Int = 256 * 1024) -> String? {
        (try? read(path, limit: limit)).map { String(decoding: $0, as: UTF8.self) }
    }
}
