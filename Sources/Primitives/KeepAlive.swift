/// `tcpka` and its companions: how a silent peer is asked whether it is still there, tcp(7). What
/// is not given is the system's, `net.ipv4.tcp_keepalive_*`.
package struct KeepAlive: Sendable, Equatable {
    /// `-cnt`: unanswered probes that end the connection, 1...127.
    package var count: Int32?
    /// `-idle`: seconds of silence before the first probe, 1...32767.
    package var idle: Int32?
    /// `-intvl`: seconds between probes, 1...32767.
    package var interval: Int32?

    /// What the kernel takes (`MAX_TCP_KEEPCNT`, `MAX_TCP_KEEPIDLE` of its tcp.h).
    package static let counts: ClosedRange<Int32> = 1...127
    package static let seconds: ClosedRange<Int32> = 1...32_767

    /// All as the system has it.
    package init() {}
}
