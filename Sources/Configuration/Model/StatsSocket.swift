package import Primitives

/// One `stats socket`: where the runtime API listens.
package struct StatsSocket: Sendable, Equatable {
    /// Used when the configuration names none; full rights, for root only.
    package static let standard = StatsSocket(
        address: .path("/run/ha-balancer/admin.sock"),
        mode: 0o600,
        level: .admin
    )

    package enum Address: Sendable, Equatable {
        /// A UNIX socket, absolute path.
        case path(String)
        case internet(Endpoint)
    }

    /// What its clients may do; each level includes the ones before it.
    package enum Level: String, Sendable, CaseIterable {
        case user
        case `operator`
        case admin
    }

    package var address: Address
    /// `mode`: permissions of a UNIX socket; `nil` leaves them to the umask.
    package var mode: UInt16?
    /// `level`; `operator` if not given, as in HAProxy.
    package var level: Level
}
