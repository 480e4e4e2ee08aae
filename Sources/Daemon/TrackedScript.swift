internal import CLinux
internal import Configuration
internal import Glibc

/// Whether a program may be run as a `track script`.
enum TrackedScript {
    /// Why not; `nil`: it may. The file and every directory above it, with all links resolved, have
    /// to be root's, and nobody else may write there: else whoever can decides who holds the
    /// virtual IP.
    static func complaint(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else {
            return hb_errno() == ENOENT ? "there is no such file" : "it cannot be found"
        }
        defer { unsafe free(resolved) }
        let real = unsafe String(cString: resolved)
        var info = stat()
        guard unsafe stat(real, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            return "it is not a file"
        }
        guard info.st_mode & 0o111 != 0 else { return "it is not executable (`chmod 0755`)" }
        var place = real
        while true {
            guard unsafe stat(place, &info) == 0 else { return "\(place) cannot be looked at" }
            // In a directory like /tmp others can add files, and not replace this one.
            let isShared = info.st_mode & S_IFMT == S_IFDIR && info.st_mode & S_ISVTX != 0
            guard info.st_uid == 0, info.st_mode & 0o022 == 0 || isShared else {
                return "others than root can write to \(place): `chown root`, `chmod go-w`"
            }
            guard place != "/" else { return nil }
            let parent = place[..<(place.lastIndex(of: "/") ?? place.startIndex)]
            place = parent.isEmpty ? "/" : String(parent)
        }
    }
}

extension TrackSettings {
    /// Why it would fail on this host, whatever its state; `nil`: nothing is known against it.
    var complaint: String? {
        guard case .script(let path) = subject, let complaint = TrackedScript.complaint(path) else {
            return nil
        }
        return "\(location): track \(name): \(complaint)"
    }
}
