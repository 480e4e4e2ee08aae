internal import PairControl
internal import Synchronization

/// Operators' orders that the heart has not ended yet, and who waits for each.
final class OrderBook: Sendable {
    private let waiting = Mutex<[UInt32: CheckedContinuation<OrderOutcome, Never>]>([:])
    private let last = Atomic<UInt32>(0)

    /// A number that no other order of this life has; never 0.
    func newID() -> UInt32 { last.add(1, ordering: .relaxed).newValue }

    /// Gives an order to somebody and waits for its end.
    func outcome(
        of kind: Order.Kind,
        giving give: (Order) -> Bool
    ) async -> OrderOutcome {
        let order = Order(id: newID(), kind: kind)
        return await withCheckedContinuation { continuation in
            waiting.withLock { $0[order.id] = continuation }
            if !give(order) {
                end(order.id, .refused("the heart takes no orders: it is overloaded"))
            }
        }
    }

    func end(_ order: UInt32, _ outcome: OrderOutcome) {
        waiting.withLock { $0.removeValue(forKey: order) }?.resume(returning: outcome)
    }
}
