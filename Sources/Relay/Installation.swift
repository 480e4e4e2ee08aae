internal import BalancerCore
internal import LinuxIO
internal import Primitives

/// A plan as one worker is given it: names resolved to slots, listeners bound.
struct Installation: Sendable {
    struct Frontend: Sendable {
        var entry: FrontendEntry
        var settings: FrontendSettings
        /// Slot of the backend.
        var backend: Int?
        var connectionRules: [AccessRule]
        var contentRules: [AccessRule]
        var logsConnections: Bool
        var logsArrivals: Bool
    }

    struct Listener: Sendable {
        var bound: BoundListener
        /// In its frontend, from 0.
        var number: Int
        var acceptsProxy: Bool
    }

    struct Backend: Sendable {
        var slot: Int
        var plan: BackendPlan
    }

    var frontends: [Frontend]
    var backends: [Backend]
    var listeners: [Listener]
    var virtualSources: [VirtualSource]
    var pulseInterval: Duration?
    var splicesBulk: Bool
    var streamsAfter: UInt8
}

/// A listening socket of one worker. It is closed when neither the engine nor the worker refers to
/// it: so no number is reused while a worker still watches it.
final class BoundListener: Sendable {
    let socket: Socket
    let endpoint: Endpoint
    /// An IPv6 socket that takes IPv4 too.
    let takesIPv4: Bool
    /// Slot of the frontend.
    let frontend: Int

    init(socket: consuming Socket, endpoint: Endpoint, takesIPv4: Bool, frontend: Int) {
        self.socket = socket
        self.endpoint = endpoint
        self.takesIPv4 = takesIPv4
        self.frontend = frontend
    }
}
