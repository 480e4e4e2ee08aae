package import BalancerCore
package import Primitives

/// A session that lasts, as `show sess` lists it.
package struct SessionListing: Sendable {
    package enum State: Sendable {
        case connecting
        case queued
        case waitingToRetry
        case established
    }

    /// For `RelayEngine.endSession`; no other session of this process has it within 17 minutes.
    package var id: UInt64
    package var client: Endpoint
    /// See `RelayEngine.frontendName`.
    package var frontend: Int
    /// See `RelayEngine.backendName`; `nil`: none yet.
    package var backend: Int?
    package var server: ServerID?
    package var serverEndpoint: Endpoint?
    package var state: State
    package var age: Duration
    /// Since data last moved.
    package var idle: Duration
    package var bytesFromClient: UInt64
    package var bytesFromServer: UInt64
    package var worker: Int

    /// The worker, microseconds of the acceptance, the place in the worker's slab.
    static func id(worker: Int, acceptedAt: Int64, index: UInt32) -> UInt64 {
        UInt64(worker) << 58 | UInt64(acceptedAt / 1000 & 0x3FFF_FFFF) << 28 | UInt64(index)
    }
}
