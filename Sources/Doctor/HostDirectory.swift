internal import Glibc

/// Directories of this host that may be there or not.
enum HostDirectory {
    /// The paths in a directory that end so, sorted; none where there is no such directory.
    static func paths(in directory: String, suffix: String = "") -> [String] {
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
