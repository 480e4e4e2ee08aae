/// What one worker counts of itself. Written by the worker only; read as `TrafficCounters` are.
struct WorkerCounters {
    /// Sessions now.
    var sessions: UInt64 = 0
    /// How often accepting paused because a `maxconn` was reached.
    var limitPauses: UInt64 = 0
    /// How often the worker ran out of descriptors or socket memory.
    var exhaustions: UInt64 = 0
    /// Records of finished sessions that found the ring full.
    var recordsDropped: UInt64 = 0
    /// Bytes that were moved by `splice(2)`, both directions.
    var splicedBytes: UInt64 = 0
    /// How often a session began to stream (io_uring).
    var streamStarts: UInt64 = 0
    /// Buffers that hold data for a slow receiver now.
    var heldBuffers: UInt64 = 0
    /// Turns of the loop, and those that found events.
    var turns: UInt64 = 0
    var eventTurns: UInt64 = 0
    /// How often another thread had something for it.
    var mails: UInt64 = 0
    /// Connections that it took from its listeners.
    var accepted: UInt64 = 0
    /// At the end of the last turn: what there is of each kind, and what of it is in use.
    var slots: UInt64 = 0
    var usedSlots: UInt64 = 0
    var buffers: UInt64 = 0
    var usedBuffers: UInt64 = 0
    var pipes: UInt64 = 0
    var usedPipes: UInt64 = 0
}
