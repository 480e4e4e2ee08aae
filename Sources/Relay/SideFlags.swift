/// What is known of one side's socket.
struct SideFlags: OptionSet {
    let rawValue: UInt16

    /// An edge said so and nothing has said otherwise since.
    static let readable = SideFlags(rawValue: 1 << 0)
    static let writable = SideFlags(rawValue: 1 << 1)
    /// The peer closed or failed: a short read does not mean that all is read.
    static let closing = SideFlags(rawValue: 1 << 2)
    /// Its end of stream was read.
    static let readEnded = SideFlags(rawValue: 1 << 3)
    /// The other side's end of stream was passed on to it.
    static let writeEnded = SideFlags(rawValue: 1 << 4)
    /// Writing to it failed: its end of stream, if one comes, is no orderly one.
    static let broken = SideFlags(rawValue: 1 << 5)
    /// Its data goes through a pipe.
    static let splicing = SideFlags(rawValue: 1 << 6)
    /// The kernel refused to splice from or to it.
    static let neverSplice = SideFlags(rawValue: 1 << 7)
}
