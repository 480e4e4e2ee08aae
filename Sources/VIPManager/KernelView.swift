package import Primitives

/// What is known of the kernel's interfaces and addresses: a copy kept up to date by notifications,
/// and replaced by a dump where notifications were lost or are not trusted.
package struct KernelView: Sendable {
    private struct Tables {
        var links: [UInt32: KernelLink] = [:]
        var addresses: [KernelAddress.Key: KernelAddress] = [:]

        mutating func apply(_ change: KernelChange) {
            switch change {
            case .linkChanged(let link):
                // Names are unique, so another index with this name is a link that is gone.
                for stale in links.values where stale.name == link.name && stale.index != link.index
                {
                    remove(link: stale.index)
                }
                links[link.index] = link
            case .linkRemoved(let index): remove(link: index)
            case .addressAdded(let address): addresses[address.key] = address
            case .addressRemoved(let key): addresses[key] = nil
            }
        }

        private mutating func remove(link index: UInt32) {
            links[index] = nil
            addresses = addresses.filter { $0.key.index != index }
        }
    }

    private struct Dump {
        let table: KernelTable
        let startedAt: Instant
        /// What the dump has told so far, and the notifications that came in between.
        var tables = Tables()
    }

    private var current = Tables()
    private var dump: Dump?

    /// Both tables have been read since the start or since notifications were last lost.
    package private(set) var isComplete = false
    /// When the last finished dump of the addresses was asked for.
    package private(set) var addressesReadAt = Instant.zero

    /// The kernel has dropped notifications: what is known may be wrong until both tables are read.
    mutating func lose() { isComplete = false }

    mutating func apply(_ change: KernelChange) {
        current.apply(change)
        dump?.tables.apply(change)
    }

    /// A dump was asked for; an unfinished one is forgotten.
    mutating func beginDump(_ table: KernelTable, now: Instant) {
        dump = Dump(table: table, startedAt: now)
    }

    mutating func stage(_ change: KernelChange) { dump?.tables.apply(change) }

    /// Makes what the dump told the truth. Returns which table was read.
    mutating func finishDump() -> KernelTable? {
        guard let finished = dump else { return nil }
        dump = nil
        switch finished.table {
        case .links:
            current.links = finished.tables.links
        case .addresses:
            current.addresses = finished.tables.addresses
            addressesReadAt = finished.startedAt
            isComplete = true
        }
        return finished.table
    }

    /// The dump was interrupted by a change or refused. Returns which table is still to be read.
    mutating func abandonDump() -> KernelTable? {
        defer { dump = nil }
        return dump?.table
    }

    package func link(named name: String) -> KernelLink? {
        current.links.values.first { $0.name == name }
    }

    package func link(index: UInt32) -> KernelLink? { current.links[index] }

    package func address(_ key: KernelAddress.Key) -> KernelAddress? { current.addresses[key] }

    package var addresses: some Collection<KernelAddress> { current.addresses.values }

    /// Whether the kernel would remove other addresses together with this one: it is the primary
    /// IPv4 address of a subnet that has secondary ones.
    func carriesOthers(_ address: KernelAddress) -> Bool {
        guard address.key.address.isV4, !address.isSecondary else { return false }
        return current.addresses.values.contains {
            $0.isSecondary && $0.key != address.key && $0.sharesSubnet(with: address)
        }
    }
}
