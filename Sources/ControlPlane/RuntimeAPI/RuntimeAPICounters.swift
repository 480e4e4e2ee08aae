internal import Synchronization

/// What the runtime API counted since it started.
package struct RuntimeAPICounters: Sendable, Equatable {
    /// Connections now.
    package var clients = 0
    /// Connections since the start.
    package var accepted: UInt64 = 0
    /// Dropped ones by their reason; a reason that never happened is absent.
    package var drops: [ClientDrop: UInt64] = [:]
}

/// The counters of one server, shared by its connections.
final class RuntimeAPICounting: Sendable {
    private let counters = Mutex(RuntimeAPICounters())

    var snapshot: RuntimeAPICounters { counters.withLock { $0 } }

    /// Counts a new client, unless there are `limit` already.
    func admit(limit: Int) -> Bool {
        counters.withLock { counters in
            counters.accepted += 1
            guard counters.clients < limit else {
                counters.drops[.tooManyClients, default: 0] += 1
                return false
            }
            counters.clients += 1
            return true
        }
    }

    func left() {
        counters.withLock { $0.clients -= 1 }
    }

    func count(_ drop: ClientDrop) {
        counters.withLock { $0.drops[drop, default: 0] += 1 }
    }
}
