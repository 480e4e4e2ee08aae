/// A limit on everything, written once.
package enum RelayLimits {
    /// One bit of a word each in `Admission.paused`.
    package static let workers = 64
    /// Names of frontends, and of backends, that one process has seen over all its reloads.
    package static let names = 1024
    /// Orders that wait for a worker.
    package static let mailbox = 64
    /// Finished sessions that wait to be drained, per worker. Beyond that they are counted and
    /// dropped.
    package static let records = 16_384
    /// Connections accepted, and events taken, in one turn of a worker's loop.
    static let batch = 64
    static let events: Int32 = 256
    /// Reads of one direction before other sessions have their turn.
    static let rounds = 8
    /// Sessions whose memory a worker keeps.
    static let slabSlack: UInt32 = 256
    /// The one buffer of a worker, and what a direction holds when its receiver is slow.
    static let bufferBytes = 32_768
    /// Unused buffers that a worker keeps.
    static let spareBuffers: Int32 = 16
    /// 64 MiB of all pipes is what the kernel gives a user without CAP_SYS_RESOURCE.
    static let pipes: Int32 = 64
    static let pipeBytes: Int32 = 262_144
    /// Splicing starts after so many full or refused chunks, and ends after so many small ones.
    static let bulkStart: UInt8 = 3
    static let bulkEnd: UInt8 = 8
    static let smallChunk = 16_384
    /// The io_uring of a worker: requests of one turn, completions that wait, and buffers that the
    /// kernel receives into (a power of two).
    static let ringRequests: UInt32 = 512
    static let ringCompletions: UInt32 = 4096
    static let ringBuffers: UInt32 = 128
    static let ringBufferBytes = 16_384
    /// A session streams after so many small pieces of data in a row.
    package static let calmStart: UInt8 = 8
    /// How long a worker that ran out of descriptors waits before it accepts again.
    static let exhaustionPauseMilliseconds: Int64 = 100
    /// The longest pause before the same server is tried again (HAProxy: min(1 s, timeout
    /// connect)).
    static let retryPauseMilliseconds: UInt32 = 1000
    /// How long the control side waits for a worker to carry out an order.
    static let orderPatience: Duration = .seconds(2)
    /// The same for resets: thousands of sessions take some tens of milliseconds.
    static let resetPatience: Duration = .milliseconds(200)
}
