internal import Primitives

extension AddressReconciler {
    /// Compares the interfaces with what was last known; one that has come (back) up, was recreated
    /// or has another MAC needs a new announcement.
    mutating func observeLinks(now: Instant, _ directives: inout [ReconcilerDirective]) {
        for name in interfaces {
            let link = view.link(named: name)
            let state = LinkState(
                index: link?.index ?? 0,
                isUsable: link?.isUsable ?? false,
                mac: link?.mac
            )
            let earlier = linkStates.updateValue(state, forKey: name)
            guard state != earlier else { continue }
            if state.isUsable != earlier?.isUsable {
                directives.append(.report(.linkChanged(interface: name, isUsable: state.isUsable)))
            }
            if state.isUsable, phase == .held { announcements.start(now: now) }
        }
    }

    /// Announces the addresses that are present, where that is due.
    mutating func orderAnnouncements(now: Instant, _ directives: inout [ReconcilerDirective]) {
        guard announcements.takeDue(now: now) else { return }
        for address in addresses where standings[address] == .present {
            guard let link = view.link(named: address.interface), let mac = link.mac else {
                continue
            }
            directives.append(
                .announce(Announcement(address: address, index: link.index, mac: mac))
            )
        }
    }

    mutating func announcementFailed(
        _ address: VirtualAddress,
        _ fault: AnnouncementFault,
        now: Instant,
        _ directives: inout [ReconcilerDirective]
    ) {
        announcements.retry(now: now)
        guard announcementFaults.updateValue(fault, forKey: address) != fault else { return }
        directives.append(.report(.announcementFailed(address, fault)))
    }
}
