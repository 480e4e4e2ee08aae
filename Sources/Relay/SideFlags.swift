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
    // Of io_uring only:
    /// A request tells what can be done with it.
    static let polled = SideFlags(rawValue: 1 << 8)
    /// A request receives from it: nobody else may, or bytes change places.
    static let receiving = SideFlags(rawValue: 1 << 9)
    /// A send to it was queued and not handed to the kernel yet.
    static let sending = SideFlags(rawValue: 1 << 10)

    /// Of these three `readable` alone means: read from it.
    static let mayRead = SideFlags(rawValue: 1 << 0 | 1 << 3 | 1 << 9)
    /// What does not go with streaming.
    static let disturbed = SideFlags(
        rawValue: 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 9
    )
}
