/// The bounds of the runtime API, per server.
package struct RuntimeAPILimits: Sendable {
    /// Longest time without progress of a client (HAProxy's `stats timeout`, 10 s).
    package var timeout: Duration = .seconds(10)
    /// Connections at a time over all sockets (HAProxy's `stats maxconn`, 10 there).
    package var clients = 32
    /// Longest line in bytes, its line end included (HAProxy: one buffer).
    package var lineLength = 16_384
    /// Longest reply in bytes; 10 000 servers in `show stat` are 3 MB.
    package var replyLength = 16 << 20

    package init() {}
}
