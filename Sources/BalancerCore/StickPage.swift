package import Primitives

/// Eight places of a stick table, the unit in which its node tells the other one of it. A later
/// one replaces all of it.
package struct StickPage: Sendable, Equatable {
    package static let places = 8

    package struct Entry: Sendable, Equatable {
        /// In the page, from 0.
        package var place: Int
        package var key: IPAddress
        /// By name: the nodes number their servers each in its own way.
        package var server: String
        /// Since its last use.
        package var age: Duration

        package init(place: Int, key: IPAddress, server: String, age: Duration) {
            precondition((0..<StickPage.places).contains(place), "no such place in a page")
            self.place = place
            self.key = key
            self.server = server
            self.age = age
        }
    }

    package var id: Int
    /// Their places rise; a place that is not among them is empty.
    package var entries: [Entry]

    package init(id: Int, entries: [Entry]) {
        self.id = id
        self.entries = entries
    }
}

/// Some pages of the table of one backend, on their way to the other node.
package struct StickExcerpt: Sendable, Equatable {
    package var backend: String
    package var key: StickDefinition.Key
    /// Pages of the whole table: what lies beyond is empty.
    package var pageCount: Int
    package var pages: [StickPage]

    package init(backend: String, key: StickDefinition.Key, pageCount: Int, pages: [StickPage]) {
        self.backend = backend
        self.key = key
        self.pageCount = pageCount
        self.pages = pages
    }
}

/// Who tells: what another life or another activation told counts no more than what a node has
/// found out itself.
package struct StickSource: Sendable, Equatable {
    package var boot: UInt64
    package var epoch: UInt64

    package init(boot: UInt64, epoch: UInt64) {
        self.boot = boot
        self.epoch = epoch
    }
}

/// Why something that was told of a stick table is not in the own one.
package enum StickDropReason: String, Sendable, CaseIterable {
    /// No backend of that name with a table of such keys here.
    case unknownTable = "unknown-stick-table"
    case unknownServer = "unknown-server"
    /// The own table is smaller.
    case tableFull = "stick-table-full"
}

/// How much of a stick table the other node has, or this one of the other's.
package struct StickStanding: Sendable, Equatable {
    package var entries = 0
    /// At most, of `entries`: those that have changed and were not told yet.
    package var untold = 0
    /// Those of `entries` that the other node told.
    package var copies = 0
    /// Every page of the other node's table has come.
    package var isComplete = false

    package init() {}
}
