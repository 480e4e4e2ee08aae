package import Primitives

/// The ends of both connections of one session, as the node that holds it names them.
package struct SessionTuple: Equatable, Hashable, Sendable {
    package struct Connection: Equatable, Hashable, Sendable {
        /// On the node: a virtual address toward clients; toward servers that or the node's own.
        package var local: Endpoint
        package var remote: Endpoint

        package init(local: Endpoint, remote: Endpoint) {
            self.local = local
            self.remote = remote
        }
    }

    package var client: Connection
    /// `nil` while there is none.
    package var server: Connection?

    package init(client: Connection, server: Connection?) {
        self.client = client
        self.server = server
    }

    package var connections: [Connection] { [client] + (server.map { [$0] } ?? []) }
}

/// Sixteen places of the holder's table, the unit that is sent. A later version replaces all of it.
package struct LedgerPage: Equatable, Sendable {
    package static let slots = 16

    package var id: UInt32
    /// Rises with each change of this page in one boot of its node; from 1.
    package var version: UInt32
    /// At most `slots`; none when the last of its sessions has ended.
    package var tuples: [SessionTuple]

    package init(id: UInt32, version: UInt32, tuples: [SessionTuple]) {
        precondition(tuples.count <= Self.slots, "more sessions than a page has places")
        self.id = id
        self.version = version
        self.tuples = tuples
    }
}

package enum LedgerLimits {
    /// Pages of one ledger: 131 072 places. Sessions beyond are not told.
    package static let pages = 8192
    /// One datagram: fits into a frame of Ethernet behind IPv6 and UDP.
    package static let datagram = 1400
}
