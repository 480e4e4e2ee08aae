internal import CLinux
internal import Glibc
internal import LinuxIO
package import NIOCore
internal import NIOPosix

/// The control FIFO of the Galera Load Balancer: the same commands as on its control port, and no
/// replies.
package final class GLBFifo: Sendable {
    package let path: String
    private let device: UInt
    private let inode: UInt
    private let channel: any Channel
    private let shared: GLBControlServer.Shared

    private init(
        _ path: String,
        _ status: stat,
        _ channel: any Channel,
        _ shared: GLBControlServer.Shared
    ) {
        self.path = path
        device = status.st_dev
        inode = status.st_ino
        self.channel = channel
        self.shared = shared
    }

    /// Makes the FIFO, for its owner alone, and reads it. One that a killed process has left behind
    /// is replaced; one that somebody reads is not. Blocks for a moment.
    package static func start(
        at path: String,
        delegate: any GLBDelegate,
        group: any EventLoopGroup
    ) throws -> GLBFifo {
        try removeLeftOver(path)
        try SystemCall.run("mkfifo", path) { unsafe mkfifo(path, 0o600) }
        // Open for writing too, so that it has no end when a writer leaves.
        let raw = try SystemCall.run("open", path) {
            unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        }
        let descriptor = OwnedDescriptor(adopting: raw)
        var status = stat()
        try SystemCall.run("fstat", path) { unsafe fstat(descriptor.raw, &status) }
        let shared = GLBControlServer.Shared(delegate)
        let channel = try NIOPipeBootstrap(group: group)
            .channelOption(.autoRead, value: false)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: 2 * GLBCommand.lengthLimit)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = GLBHandler(shared, replies: false)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor.release()).wait()
        return GLBFifo(path, status, channel, shared)
    }

    /// Removes it, unless it has become somebody else's. Blocks.
    package func stop() {
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode {
            _ = unsafe unlink(path)
        }
        // The only error is that it is closed already.
        try? channel.close().wait()
        shared.stop()
    }

    private static func removeLeftOver(_ path: String) throws {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        let inUse = SystemError("mkfifo", path, errno: EEXIST)
        guard status.st_mode & S_IFMT == S_IFIFO else { throw inUse }
        let raw = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        if raw >= 0 {
            close(raw)
            throw inUse
        }
        // ENXIO: nobody reads it.
        guard hb_errno() == ENXIO else { throw SystemError.last("open", path) }
        try SystemCall.run("unlink", path) { unsafe unlink(path) }
    }
}
