internal import CLinux
internal import Glibc
package import LinuxIO
package import VIPManager

/// Sends announcements and probes on any interface as whole Ethernet frames. Receives nothing. For
/// one thread.
package struct AnnouncementSocket: ~Copyable {
    private let descriptor: OwnedDescriptor

    /// Needs CAP_NET_RAW; sending does not.
    package init() throws(SystemError) {
        let number = hb_packet_socket()
        guard number >= 0 else { throw .last("socket", "AF_PACKET") }
        descriptor = OwnedDescriptor(adopting: number)
    }

    /// Sends all frames of the announcement. Never waits. Returns how many there were.
    package func send(_ announcement: Announcement) throws(AnnouncementFault) -> Int {
        let frames = announcement.frames
        for frame in frames { try send(frame, index: announcement.index) }
        return frames.count
    }

    func send(_ frame: [UInt8], index: UInt32) throws(AnnouncementFault) {
        while true {
            if unsafe hb_packet_send(descriptor.raw, index, frame, frame.count) >= 0 { return }
            switch hb_errno() {
            case EINTR: continue
            case ENXIO, ENODEV: throw .interfaceGone
            case ENETDOWN: throw .interfaceDown
            case ENOBUFS, EAGAIN: throw .queueFull
            case EPERM, EACCES: throw .permissionDenied
            case let errno: throw .refused(errno: errno)
            }
        }
    }
}
