internal import CLinux
internal import LinuxIO

/// How many descriptors this process may open (`RLIMIT_NOFILE`).
enum DescriptorLimit {
    static var current: Int { Int(clamping: hb_descriptor_limit()) }

    /// Raises the soft limit to the hard one, or to `wanted` (`ulimit-n`), which root may put above
    /// it.
    static func raise(to wanted: Int?) throws(SystemError) {
        guard hb_raise_descriptor_limit(wanted ?? 0) == 0 else {
            throw .last("setrlimit", "ulimit-n \(wanted ?? 0)")
        }
    }
}
