internal import Primitives

/// `blacklist`: a server that a session could not connect to is left alone for a while, whether
/// anybody checks it or not, as Pen and the Galera Load Balancer do. When no other server is
/// usable, it is tried all the same.
extension ServerPool {
    /// A connect to the server failed now.
    mutating func shun(_ id: ServerID, now: Instant) {
        guard let time = self[id].definition.blacklist else { return }
        shunned[id.index] = now + time
    }

    /// Those whose time is over are servers like others again.
    mutating func forgive(now: Instant) {
        guard !shunned.isEmpty else { return }
        shunned = shunned.filter { $0.value > now }
    }

    /// Somebody else is usable.
    func hasOthers(than shunned: [Int: Instant], where isAdmissible: (Int) -> Bool) -> Bool {
        order.contains { slot in
            shunned[slot] == nil && servers[slot]?.isUsable == true && isAdmissible(slot)
        }
    }
}
