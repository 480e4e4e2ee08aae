internal import CLinux
internal import Glibc

/// This process goes on as another program (`execve(2)`): same process id, nothing of its memory.
package enum ProgramReplacement {
    /// Returns only when it fails. Descriptors that are not close-on-exec stay open.
    /// - Parameters:
    ///   - arguments: the program's own name first
    ///   - environment: variables added to this process's own, or replacing them
    package static func become(
        _ path: String,
        _ arguments: [String],
        environment: [String: String]
    ) -> SystemError {
        unsafe SpawnPlan.withCStrings(arguments) { argv in
            unsafe SpawnPlan.withCStrings(SpawnPlan.merged(environment)) { envp in
                _ = unsafe execve(path, argv, envp)
            }
        }
        return .last("execve", path)
    }

    /// Where this process's program lies, as far as it still does.
    package static var ownPath: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            // The buffer is not empty, so it has a base address.
            unsafe bytes.baseAddress.map {
                unsafe readlink(
                    "/proc/self/exe",
                    $0.assumingMemoryBound(to: CChar.self),
                    bytes.count
                )
            }
        }
        return String(decoding: buffer.prefix(max(0, count ?? 0)), as: UTF8.self)
    }
}
