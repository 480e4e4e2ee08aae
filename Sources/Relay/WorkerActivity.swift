/// What one worker has counted of itself since its start, and what it keeps.
package struct WorkerActivity: Sendable {
    /// Things that are kept for use: how many there are, and how many of them are in use.
    package struct Pool: Sendable, Equatable {
        package var allocated = 0
        package var used = 0

        package init() {}

        package static func + (left: Pool, right: Pool) -> Pool {
            var sum = left
            sum.allocated += right.allocated
            sum.used += right.used
            return sum
        }
    }

    /// Turns of its loop, and those that found events.
    package var turns: UInt64 = 0
    package var eventTurns: UInt64 = 0
    /// How often another thread had something for it.
    package var mails: UInt64 = 0
    /// Connections that it took from its listeners.
    package var accepted: UInt64 = 0
    /// How often accepting paused because a `maxconn` was reached.
    package var limitPauses: UInt64 = 0
    /// How often it ran out of descriptors or socket memory.
    package var exhaustions: UInt64 = 0
    /// Finished sessions that were not reported.
    package var recordsDropped: UInt64 = 0
    /// How often a session began to stream (io_uring).
    package var streamStarts: UInt64 = 0
    package var sessions = Pool()
    package var buffers = Pool()
    package var pipes = Pool()

    /// Bytes of one of each; a pipe's are those that it holds at most.
    package static let sessionBytes = MemoryLayout<Session>.stride
    package static let bufferBytes = RelayLimits.bufferBytes
    package static let pipeBytes = Int(RelayLimits.pipeBytes)
    /// Pipes that one worker opens at most.
    package static let pipesMaximum = Int(RelayLimits.pipes)
}
