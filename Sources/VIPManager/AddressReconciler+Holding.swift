internal import Primitives

extension AddressReconciler {
    /// Brings every virtual address one step closer to being there.
    mutating func reconcileHolding(now: Instant, _ directives: inout [ReconcilerDirective]) {
        for address in addresses { reconcile(address, now: now, &directives) }
        guard phase == .acquiring, addresses.allSatisfy({ standings[$0] == .present }) else {
            return
        }
        phase = .held
        announcements.start(now: now)
        directives.append(.report(.held))
    }

    private mutating func reconcile(
        _ address: VirtualAddress,
        now: Instant,
        _ directives: inout [ReconcilerDirective]
    ) {
        guard let link = view.link(named: address.interface) else {
            return block(address, .interfaceMissing(address.interface), &directives)
        }
        guard link.isUp else {
            return block(address, .interfaceDown(address.interface), &directives)
        }
        let key = KernelAddress.Key(host: address.address, index: link.index)
        let isThere = view.address(key)?.isAnswered ?? false
        switch standings[address] {
        case .present where !isThere:
            standings[address] = .missing(isDue: true, wasRemoved: true)
        case .acknowledged(_, let wasRemoved) where isThere:
            confirm(address, wasRemoved: wasRemoved, now: now, &directives)
        case .acknowledged(let time, let wasRemoved) where view.addressesReadAt > time:
            // Acknowledged, yet a later look at the whole table does not show it.
            standings[address] = .missing(isDue: true, wasRemoved: wasRemoved)
        default: break
        }
        if case .missing(isDue: true, let wasRemoved) = standings[address] {
            add(address, key, wasRemoved: wasRemoved, now: now, &directives)
        }
    }

    private mutating func add(
        _ address: VirtualAddress,
        _ key: KernelAddress.Key,
        wasRemoved: Bool,
        now: Instant,
        _ directives: inout [ReconcilerDirective]
    ) {
        if wasRemoved, repairs[address]?.take(now: now) == false {
            standings[address] = .missing(isDue: false, wasRemoved: true)
            return fail(address, .removedRepeatedly(address), &directives)
        }
        if !address.address.isV4 {
            // IPv6 has one entry per address and interface; adding would keep a wrong prefix or a
            // failed duplicate detection.
            for copy in view.addresses
            where copy.key.address == address.address && copy.key.index == key.index
                && !(copy.key == key && copy.isAnswered) && removals[copy.key] == nil
            {
                orderRemoval(copy.key, isRelease: false, &directives)
            }
        }
        standings[address] = .requested(wasRemoved: wasRemoved)
        directives.append(.apply(AddressOperation(.add, key)))
    }

    mutating func addFinished(
        _ key: KernelAddress.Key,
        _ result: AddressOperationResult,
        now: Instant,
        _ directives: inout [ReconcilerDirective]
    ) {
        guard let address = addresses.first(where: { $0.address == key.address }),
            case .requested(let wasRemoved) = standings[address]
        else { return }
        guard
            let fault = AddressFault(
                result,
                address: address.address,
                interface: address.interface
            )
        else {
            standings[address] = .acknowledged(at: now, wasRemoved: wasRemoved)
            return
        }
        standings[address] = .missing(isDue: false, wasRemoved: wasRemoved)
        fail(address, fault, &directives)
    }

    private mutating func confirm(
        _ address: VirtualAddress,
        wasRemoved: Bool,
        now: Instant,
        _ directives: inout [ReconcilerDirective]
    ) {
        standings[address] = .present
        faults[address] = nil
        guard wasRemoved else { return }
        directives.append(.report(.repaired(address)))
        announcements.start(now: now)
    }

    /// The interface is in the way; its next change tries again.
    private mutating func block(
        _ address: VirtualAddress,
        _ fault: AddressFault,
        _ directives: inout [ReconcilerDirective]
    ) {
        standings[address] = .missing(isDue: true, wasRemoved: false)
        fail(address, fault, &directives)
    }

    private mutating func fail(
        _ address: VirtualAddress,
        _ fault: AddressFault,
        _ directives: inout [ReconcilerDirective]
    ) {
        phase = .acquiring
        guard faults.updateValue(fault, forKey: address) != fault else { return }
        directives.append(.report(.failed(fault)))
    }
}
