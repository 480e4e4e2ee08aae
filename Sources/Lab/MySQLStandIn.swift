internal import CLinux
internal import Glibc
internal import LinuxIO
package import Primitives
internal import Synchronization

/// A small server that speaks enough MySQL for clients, balancers and health checks: it lets
/// everybody in and answers every query with its node's name. One thread serves thousands of
/// sessions.
///
/// It serves from `init` until `stop`, or until its owner lets go of it. All methods may be called
/// from any thread.
package final class MySQLStandIn: Sendable {
    /// The start of the version text in its greetings; the node's name follows.
    package static let versionPrefix = "10.11.0-"

    /// What it does with new connections.
    package enum Behaviour: Sendable {
        case serving
        /// Greets with error 1040, as a server without a free connection does.
        case tooManyConnections
    }

    package struct Statistics: Sendable, Equatable {
        package var accepted = 0
        package var open = 0
        package var queries = 0
    }

    package let nodeName: String
    package let endpoint: Endpoint
    private let shared: MySQLStandInState
    private let service: Service

    /// Serves on port 3306 of a host under the host's name.
    package convenience init(on host: LabHost) throws {
        let endpoint = Endpoint(host.address, 3306)
        let raw = try host.inside { try Self.listen(endpoint) }
        try self.init(nodeName: host.name, listener: raw, endpoint)
    }

    /// Serves on an endpoint of the machine's own network; port 0 takes a free one.
    package convenience init(nodeName: String, on endpoint: Endpoint) throws {
        try self.init(nodeName: nodeName, listener: try Self.listen(endpoint), endpoint)
    }

    private init(nodeName: String, listener raw: Int32, _ endpoint: Endpoint) throws {
        self.nodeName = nodeName
        self.endpoint = Socket.localEndpoint(of: raw) ?? endpoint
        let shared = MySQLStandInState()
        self.shared = shared
        service = try Service(name: "hb-mysql", on: nil) { control in
            var loop = MySQLStandInLoop(
                nodeName: nodeName,
                listener: OwnedDescriptor(adopting: raw),
                shared
            )
            loop.run(control)
        }
    }

    /// Ends all sessions and closes the port.
    package func stop() { service.stop() }

    package var statistics: Statistics { shared.statistics.withLock { $0 } }

    /// For new connections; sessions that are open go on.
    package func behave(_ behaviour: Behaviour) {
        shared.behaviour.withLock { $0 = behaviour }
    }

    /// Resets every open session, as a host that has just been restarted does, and goes on serving.
    package func resetSessions() {
        shared.mustReset.store(true, ordering: .releasing)
        service.control.wake.signal()
    }

    private static func listen(_ endpoint: Endpoint) throws(SystemError) -> Int32 {
        try Socket.listener(on: endpoint, backlog: 4096).release().release()
    }
}

/// What the thread of a stand-in shares with the others.
final class MySQLStandInState: Sendable {
    let behaviour = Mutex(MySQLStandIn.Behaviour.serving)
    let statistics = Mutex(MySQLStandIn.Statistics())
    let mustReset = Atomic<Bool>(false)
}
