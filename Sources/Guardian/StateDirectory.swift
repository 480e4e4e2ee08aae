internal import Glibc
package import LinuxIO

/// Small files that have to survive a power cut: written beside, synced, renamed over.
package enum StateDirectory {
    /// Longer files are not ours.
    private static let sizeLimit = 4096

    /// Makes the directory and its parents (mode 0755) where they are missing.
    package static func make(_ path: String) throws(SystemError) {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            prefix += "/" + part
            guard unsafe mkdir(prefix, 0o755) != 0 else { continue }
            let error = SystemError.last("mkdir", prefix)
            guard error.errno == EEXIST else { throw error }
        }
    }

    /// The text of a small file without the white space around it; `nil` when it cannot be read.
    package static func read(_ path: String) -> String? {
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = OwnedDescriptor(adopting: raw)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: sizeLimit) { buffer, count in
            // read writes at most the capacity of the buffer.
            count = unsafe max(0, Glibc.read(file.raw, buffer.baseAddress, sizeLimit))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
    }

    /// Replaces a file as a whole, or leaves it as it was.
    package static func write(_ text: String, to path: String) throws(SystemError) {
        let temporary = path + ".new"
        let raw = try SystemCall.run("open", temporary) {
            unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        }
        let file = OwnedDescriptor(adopting: raw)
        let bytes = Array((text + "\n").utf8)
        let written = try SystemCall.run("write", temporary) {
            unsafe Glibc.write(file.raw, bytes, bytes.count)
        }
        guard written == bytes.count else {
            throw SystemError("write", temporary, errno: ENOSPC)
        }
        try SystemCall.run("fsync", temporary) { fsync(file.raw) }
        try SystemCall.run("rename", path) { unsafe rename(temporary, path) }
        try syncDirectory(of: path)
    }

    /// A file that is not there is removed already.
    package static func remove(_ path: String) throws(SystemError) {
        guard unsafe unlink(path) != 0 else {
            try syncDirectory(of: path)
            return
        }
        let error = SystemError.last("unlink", path)
        guard error.errno == ENOENT else { throw error }
    }

    /// Names are kept in the directory, which has to reach the disk as well.
    private static func syncDirectory(of path: String) throws(SystemError) {
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/"
        let raw = try SystemCall.run("open", directory) {
            unsafe open(directory, O_RDONLY | O_CLOEXEC)
        }
        let opened = OwnedDescriptor(adopting: raw)
        try SystemCall.run("fsync", directory) { fsync(opened.raw) }
    }
}
