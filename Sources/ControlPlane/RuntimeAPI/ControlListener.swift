internal import CLinux
internal import Glibc
internal import LinuxIO

/// The file of one Unix socket: made, and removed again as long as it is still ours.
struct ControlListener: Sendable {
    private let path: String
    /// Which file it is: another process may have replaced it since.
    private let device: UInt
    private let inode: UInt

    /// Opens a listening socket and puts it in place of a stale one. Who gets the descriptor closes
    /// it.
    ///
    /// It is prepared under another name, with its permissions, and then renamed: there is no
    /// moment when the path is missing, or open to everybody.
    static func open(
        _ path: String,
        _ socket: ControlSocket
    ) throws(ControlSocketError) -> (file: ControlListener, descriptor: Int32) {
        let occupant: ControlSocketError.Code?
        do {
            try makeParents(of: path)
            occupant = try Self.occupant(of: path)
        } catch {
            throw ControlSocketError(path: path, code: .system(error))
        }
        if let occupant { throw ControlSocketError(path: path, code: occupant) }
        do {
            return try bind(path, socket)
        } catch {
            throw ControlSocketError(path: path, code: .system(error))
        }
    }

    /// Removes the file, unless it has become somebody else's.
    func remove() {
        guard let status = try? Self.status(of: path), status.st_dev == device,
            status.st_ino == inode
        else { return }
        _ = unsafe unlink(path)
    }

    private static func bind(
        _ path: String,
        _ socket: ControlSocket
    ) throws(SystemError) -> (file: ControlListener, descriptor: Int32) {
        let temporary = "\(path).\(getpid())"
        let descriptor = try newSocket(temporary)
        _ = unsafe unlink(temporary)
        try SystemCall.run("bind", temporary) { unsafe hb_unix_bind(descriptor.raw, temporary) }
        do throws(SystemError) {
            // -1, the largest number, leaves an id as it is.
            let (owner, group) = (socket.userID ?? .max, socket.groupID ?? .max)
            try SystemCall.run("chown", temporary) { unsafe chown(temporary, owner, group) }
            try SystemCall.run("chmod", temporary) { unsafe chmod(temporary, socket.mode) }
            try SystemCall.run("listen", temporary) { listen(descriptor.raw, 128) }
            var status = stat()
            try SystemCall.run("lstat", temporary) { unsafe lstat(temporary, &status) }
            try SystemCall.run("rename", path) { unsafe rename(temporary, path) }
            let file = ControlListener(
                path: path,
                device: status.st_dev,
                inode: status.st_ino
            )
            return (file, descriptor.release())
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    private static func newSocket(_ subject: String) throws(SystemError) -> OwnedDescriptor {
        let raw = try SystemCall.run("socket", subject) {
            socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        return OwnedDescriptor(adopting: raw)
    }

    /// Who has the path already, or nil when it is free or a left-over.
    private static func occupant(
        of path: String
    ) throws(SystemError) -> ControlSocketError.Code? {
        guard let status = try status(of: path) else { return nil }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .notASocket }
        let descriptor = try newSocket(path)
        guard hb_set_nonblocking(descriptor.raw, 1) == 0 else { throw .last("fcntl", path) }
        if unsafe hb_unix_connect(descriptor.raw, path) == 0 {
            let pid = hb_unix_peer_pid(descriptor.raw)
            return .inUse(pid: pid > 0 ? pid : nil)
        }
        let error = SystemError.last("connect", path)
        switch error.errno {
        case ECONNREFUSED, ENOENT: return nil
        case EAGAIN: return .inUse(pid: nil)
        default: throw error
        }
    }

    /// What `path` is, without following a link; nil when there is nothing.
    private static func status(of path: String) throws(SystemError) -> stat? {
        var result = stat()
        if unsafe lstat(path, &result) == 0 { return result }
        let error = SystemError.last("lstat", path)
        guard error.errno == ENOENT else { throw error }
        return nil
    }

    private static func makeParents(of path: String) throws(SystemError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
        var directory = path.hasPrefix("/") ? "" : "."
        for part in parts {
            directory += "/" + part
            guard unsafe mkdir(directory, 0o755) != 0 else { continue }
            let error = SystemError.last("mkdir", directory)
            guard error.errno == EEXIST else { throw error }
        }
    }
}
