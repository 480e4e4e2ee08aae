package import BalancerCore
package import Primitives

/// A session that lasts, as `show sess` lists it.
package struct SessionListing: Sendable {
    package enum State: Sendable {
        case connecting
        case waitingToRetry
        case established
    }

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
}
