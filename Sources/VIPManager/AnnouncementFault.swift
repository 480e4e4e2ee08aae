/// Why an announcement was not sent.
package enum AnnouncementFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// `ENXIO`, `ENODEV`
    case interfaceGone
    /// `ENETDOWN`
    case interfaceDown
    /// `ENOBUFS`, `EAGAIN`: the queue is full, or a filter of the kernel dropped the frame.
    case queueFull
    /// `EPERM`: CAP_NET_RAW is missing.
    case permissionDenied
    case refused(errno: Int32)

    package var description: String {
        switch self {
        case .interfaceGone: "the interface is gone"
        case .interfaceDown: "the interface is down"
        case .queueFull: "the interface's queue is full, or a filter drops the frame"
        case .permissionDenied: "the capability CAP_NET_RAW is missing"
        case .refused(let errno): "the kernel refuses the frame (errno \(errno))"
        }
    }
}
