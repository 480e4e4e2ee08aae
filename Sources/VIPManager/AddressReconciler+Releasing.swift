internal import Primitives

extension AddressReconciler {
    /// Removes our own addresses first and without looking: this is what the peer waits for.
    mutating func orderRelease(_ directives: inout [ReconcilerDirective]) {
        for address in addresses {
            guard let link = view.link(named: address.interface) else { continue }
            let key = KernelAddress.Key(host: address.address, index: link.index)
            orderRemoval(key, isRelease: true, &directives)
        }
    }

    mutating func reconcileReleasing(_ directives: inout [ReconcilerDirective]) {
        guard phase == .releasing, removals.isEmpty, blockedRemovals.isEmpty,
            !view.addresses.contains(where: { isUnwanted($0) })
        else { return }
        phase = .released
        directives.append(.report(.released))
    }

    /// Removes the copies that must not be there, as far as nothing else would go with them.
    mutating func removeUnwanted(now: Instant, _ directives: inout [ReconcilerDirective]) {
        // In an order of their own: the same facts lead to the same directives, in each process.
        let copies = view.addresses.filter { isUnwanted($0) }.sorted { $0.key.precedes($1.key) }
        for copy in copies {
            guard removals[copy.key] == nil, !blockedRemovals.contains(copy.key) else { continue }
            if view.carriesOthers(copy) {
                let fault = AddressFault.copyCarriesOthers(
                    copy.key.address,
                    prefixLength: copy.key.prefixLength,
                    interface: interfaceName(copy.key.index)
                )
                failRemoval(copy.key, fault, &directives)
            } else if removalBucket.take(now: now) {
                orderRemoval(copy.key, isRelease: false, &directives)
            } else {
                blockedRemovals.insert(copy.key)
            }
        }
    }

    mutating func orderRemoval(
        _ key: KernelAddress.Key,
        isRelease: Bool,
        _ directives: inout [ReconcilerDirective]
    ) {
        removals[key] = isRelease
        directives.append(.apply(AddressOperation(.remove, key)))
    }

    mutating func removeFinished(
        _ key: KernelAddress.Key,
        _ result: AddressOperationResult,
        _ directives: inout [ReconcilerDirective]
    ) {
        guard let isRelease = removals.removeValue(forKey: key) else { return }
        let name = interfaceName(key.index)
        switch result {
        case .done, .absent, .interfaceGone:
            // The kernel has acknowledged: no need to wait for its notification.
            view.apply(.addressRemoved(key))
            removalFaults[key] = nil
            guard !isRelease, result == .done else { return }
            directives.append(
                .report(
                    .leftoverRemoved(key.address, prefixLength: key.prefixLength, interface: name)
                )
            )
        default:
            guard let fault = AddressFault(result, address: key.address, interface: name) else {
                return
            }
            failRemoval(key, fault, &directives)
        }
    }

    private mutating func failRemoval(
        _ key: KernelAddress.Key,
        _ fault: AddressFault,
        _ directives: inout [ReconcilerDirective]
    ) {
        blockedRemovals.insert(key)
        guard removalFaults.updateValue(fault, forKey: key) != fault else { return }
        directives.append(.report(.failed(fault)))
    }

    /// While not wanted: every copy of a virtual address, and all that carries our tag. While
    /// wanted: what carries our tag and is none of the virtual addresses in its place.
    private func isUnwanted(_ copy: KernelAddress) -> Bool {
        let isTagged = copy.tag == settings.tag
        guard let address = addresses.first(where: { $0.address == copy.key.address }) else {
            return isTagged
        }
        guard isWanted else { return true }
        let isInPlace =
            view.link(index: copy.key.index)?.name == address.interface
            && copy.key.prefixLength == copy.key.address.hostPrefixLength
        return isTagged && !isInPlace
    }

    private func interfaceName(_ index: UInt32) -> String {
        view.link(index: index)?.name ?? "if\(index)"
    }
}
