internal import Glibc
internal import LinuxIO

/// Files of this host that may be there or not.
enum HostFile {
    /// Longer ones are cut there.
    private static let limit = 256 * 1024

    /// `nil` where it cannot be read.
    static func text(_ path: String) -> String? {
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = OwnedDescriptor(adopting: raw)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while content.count < limit {
            let count = unsafe read(file.raw, &buffer, buffer.count)
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        return String(decoding: content.prefix(limit), as: UTF8.self)
    }

    /// The paths in a directory that end so, sorted; none where there is no such directory.
    static func list(_ directory: String, suffix: String = "") -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix("."), name.hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted().map { "\(directory)/\($0)" }
    }
}
