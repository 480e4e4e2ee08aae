internal import CLinux

/// What a descriptor is watched for, or is ready for: the event bits of `epoll_ctl(2)`.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// `EPOLLIN`
    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// `EPOLLOUT`
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// `EPOLLRDHUP`: the peer of a stream will send no more.
    package static let endOfStream = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// `EPOLLERR`, reported without being asked for.
    package static let failed = Readiness(rawValue: EPOLLERR.rawValue)
    /// `EPOLLHUP`, reported without being asked for.
    package static let hungUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// `EPOLLET`: reports changes only.
    package static let edgeTriggered = Readiness(rawValue: EPOLLET.rawValue)
}
