internal import CLinux
internal import Glibc
internal import LinuxIO
package import Primitives

/// The addresses of a session: the client's, this node's towards it, and those of its server
/// connection.
package struct SessionEnds: Sendable, Equatable {
    package var client: Endpoint
    /// A virtual address.
    package var local: Endpoint
    /// Towards the server; `nil` with it while there is none.
    package var source: Endpoint?
    package var server: Endpoint?
}

/// Where a worker notes the ends of its sessions on virtual addresses, for one reader on another
/// thread that comes round now and then. Nobody waits, and nothing is written while a session
/// lasts.
///
/// A row has a stamp, 0 while it is empty or being written (a seqlock with one writer:
/// Documentation/locking/seqlock.rst). Rows beyond the highest session are given back to the
/// kernel.
///
/// Unchecked: all words are written and read through `hb_counter_set` and its like.
@safe final class SessionBoard: @unchecked Sendable {
    private static let words = 12
    private enum At {
        static let stamp = 0
        static let addresses = 1
        static let ports = 9
        static let kind = 10
    }
    private enum Kind {
        static let hasServer: UInt64 = 1
        /// Bit 1 + n: address n is an IPv4 one.
        static let firstFamily: UInt64 = 2
    }

    private let rows: UnsafeMutablePointer<UInt64>
    private let capacity: Int
    /// Rows below are in use, or were; one word, by the worker.
    private let height: UnsafeMutablePointer<UInt64>
    // Of the worker.
    private var stamp: UInt64 = 0
    private var highest = 0

    init(capacity: Int) throws(SystemError) {
        self.capacity = capacity
        unsafe rows = unsafe try mapMemory(bytes: capacity * Self.words * 8)
            .bindMemory(to: UInt64.self, capacity: capacity * Self.words)
        unsafe height = .allocate(capacity: 1)
        unsafe height.initialize(to: 0)
    }

    deinit {
        unsafe unmapMemory(rows, bytes: capacity * Self.words * 8)
        unsafe height.deallocate()
    }

    private func row(_ slot: Int) -> UnsafeMutablePointer<UInt64> {
        precondition(slot < capacity, "a session beyond the board")
        return unsafe rows + slot * Self.words
    }

    // MARK: The worker's side

    func write(_ ends: SessionEnds, slot: Int) {
        stamp += 1
        let row = unsafe row(slot)
        unsafe hb_row_open(row)
        var kind: UInt64 = ends.server == nil ? 0 : Kind.hasServer
        var ports: UInt64 = 0
        for (index, end) in [ends.client, ends.local, ends.source, ends.server].enumerated() {
            guard let end else { continue }
            let high: UInt64
            let low: UInt64
            switch end.address {
            case .v4(let value):
                (high, low) = (0, UInt64(value))
                kind |= Kind.firstFamily << UInt64(index)
            case .v6(let upper, let lower): (high, low) = (upper, lower)
            }
            unsafe hb_counter_set(row + At.addresses + 2 * index, high)
            unsafe hb_counter_set(row + At.addresses + 2 * index + 1, low)
            ports |= UInt64(end.port) << UInt64(16 * index)
        }
        unsafe hb_counter_set(row + At.ports, ports)
        unsafe hb_counter_set(row + At.kind, kind)
        unsafe hb_row_close(row, stamp)
        if slot >= highest {
            highest = slot + 1
            unsafe hb_counter_set(height, UInt64(highest))
        }
    }

    func erase(slot: Int) {
        let row = unsafe row(slot)
        if slot < highest, unsafe hb_counter_read(row) != 0 { unsafe hb_row_open(row) }
    }

    /// No session has a slot from `end` on.
    func trim(from end: Int) {
        guard end < highest else { return }
        let page = Int(getpagesize())
        let from = (end * Self.words * 8 + page - 1) / page * page
        let to = (highest * Self.words * 8 + page - 1) / page * page
        // Whole pages with empty rows only; they read as empty ever after.
        let memory = unsafe UnsafeMutableRawPointer(rows)
        if to > from { unsafe madvise(memory + from, to - from, MADV_DONTNEED) }
        highest = end
        unsafe hb_counter_set(height, UInt64(end))
    }

    // MARK: The reader's side

    /// Calls `body` with each slot that holds another session than at the last call.
    /// - Parameter known: the stamps of the last call.
    func forEachChange(_ known: inout [UInt64], _ body: (Int) -> Void) {
        let count = unsafe min(Int(hb_counter_read(height)), capacity)
        let old = known.count
        if known.count < count {
            known += Array(repeating: 0, count: count - known.count)
        }
        for slot in known.indices {
            let stamp = slot < count ? unsafe hb_counter_read(row(slot)) : 0
            guard stamp != known[slot] else { continue }
            known[slot] = stamp
            body(slot)
        }
        if count < old { known.removeLast(known.count - count) }
    }

    /// The session in a slot; `nil` where there is none, or it is changing this very moment: then
    /// its stamp will be another one.
    func read(_ slot: Int) -> SessionEnds? {
        guard slot < capacity else { return nil }
        let row = unsafe row(slot)
        var copy: [UInt64] = Array(repeating: 0, count: Self.words)
        // Copies `words` words, which is what both have.
        guard unsafe hb_row_read(row, &copy, Int32(Self.words)) != 0 else { return nil }
        let hasServer = copy[At.kind] & Kind.hasServer != 0
        func end(_ index: Int) -> Endpoint {
            let (high, low) = (copy[At.addresses + 2 * index], copy[At.addresses + 2 * index + 1])
            let isV4 = copy[At.kind] & Kind.firstFamily << UInt64(index) != 0
            let port = UInt16(truncatingIfNeeded: copy[At.ports] >> UInt64(16 * index))
            let v4 = IPAddress.v4(UInt32(truncatingIfNeeded: low))
            return Endpoint(isV4 ? v4 : .v6(high: high, low: low), port)
        }
        return SessionEnds(
            client: end(0),
            local: end(1),
            source: hasServer ? end(2) : nil,
            server: hasServer ? end(3) : nil
        )
    }
}
