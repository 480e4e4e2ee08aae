internal import Glibc
package import LinuxIO
package import Primitives
package import VIPManager

/// Keeps the virtual addresses of this host as they should be: the shell of `AddressReconciler`.
///
/// It belongs to one thread, which adds `descriptor` to its epoll (level-triggered), calls
/// `readable` when it is, and `tick` at `nextDeadline`. No call waits: rtnetlink answers before the
/// call that asks returns. The one thing that can delay it is the kernel's own lock of the network
/// configuration (RTNL), held by another change.
package final class VIPDriver {
    /// Datagrams read per call; epoll reports what is left.
    private static let datagramLimit = 256

    private var reconciler: AddressReconciler
    private var commands: NetlinkCommands
    private var events: NetlinkEvents
    private let announcements: AnnouncementSocket
    private let segment: SegmentSockets?
    var lease = VIPLease()

    /// Opens the sockets in the network namespace of the calling thread. Changes nothing yet.
    /// - Parameters:
    ///   - addresses: at least one, no two alike.
    ///   - fence: stops their traffic when the lease has run out; already attached.
    ///   - lifetime: in seconds, after which the kernel removes an address by itself unless
    ///     `prolong` renews it; `nil` for ever.
    ///   - watch: who is asked on the segments, and what is listened for; `nil` for nothing.
    package init(
        addresses: [VirtualAddress],
        settings: AddressReconciler.Settings = .init(),
        fence: FenceDriver? = nil,
        lifetime: UInt32? = nil,
        watch: SegmentWatch? = nil
    ) throws(SystemError) {
        lease.fence = fence
        lease.lifetime = lifetime
        reconciler = AddressReconciler(addresses: addresses, settings: settings)
        commands = try NetlinkCommands(tag: settings.tag)
        events = try NetlinkEvents()
        announcements = try AnnouncementSocket()
        segment = try watch.map { watch throws(SystemError) in try SegmentSockets(watch) }
    }

    package var descriptor: Int32 { events.descriptor }

    /// Readable when something was heard on the segments; `nil` where nothing is listened for.
    package var segmentDescriptor: Int32? { segment?.descriptor }

    /// Takes over other neighbours to be asked and listened to.
    package func watch(_ watch: SegmentWatch) { segment?.replace(watch) }

    /// What was heard since the last call, as far as one turn may read.
    package func heard() -> [SegmentNews] { segment?.read() ?? [] }

    /// Sends one volley of probes. What cannot be sent now is not sent: the next one follows.
    package func ask(_ question: SegmentQuestion) {
        segment?.follow(view)
        segment?.ask(question) { frame, index in
            try? announcements.send(frame, index: index)
        }
    }

    package var nextDeadline: Instant { reconciler.nextDeadline }

    package var phase: AddressReconciler.Phase { reconciler.phase }

    /// The kernel's links and addresses as last told: MAC, carrier, and what is really there.
    package var view: KernelView { reconciler.view }

    /// Reads the kernel's tables and removes what an earlier life left behind. To be called once,
    /// before anything else, and only by the one daemon of this node.
    package func start(now: Instant) -> [VIPEvent] { perform(reconciler.start(now: now), now: now) }

    /// Adds and announces the virtual addresses, for an activation that was decided at this time.
    /// `.held` may come with a later call.
    package func hold(now: Instant) -> [VIPEvent] {
        lease.begin(decidedAt: now)
        return perform(reconciler.hold(now: now), now: now)
    }

    /// Whether the fence stays shut although the addresses are there: see `FenceDeadline`.
    package var isLatched: Bool { lease.isLatched }

    /// Removes the virtual addresses. `.released` is among what is returned, unless a copy could
    /// not be removed (`.failed`); then it comes with a later call.
    package func release(now: Instant) -> [VIPEvent] {
        // First: from here on nothing is answered, however long the rest takes.
        lease.close()
        return perform(reconciler.release(now: now), now: now)
    }

    /// The traffic may pass until then. Where that is over already nothing passes: a time that is
    /// stored late does no harm. The fence opens when the addresses are all there.
    /// - Returns: false where it had ended already, and nothing was prolonged
    @discardableResult
    package func prolong(until end: Instant, now: Instant) -> Bool {
        guard lease.prolong(until: end) else { return false }
        if lease.takeRenewal(now: now) {
            for key in reconciler.presentKeys { renew(key) }
        }
        return true
    }

    private func renew(_ key: KernelAddress.Key) {
        // The kernel would add an address that has expired meanwhile anew.
        guard !lease.isOver(at: .now) else { return }
        _ = commands.execute(AddressOperation(.add, key), lifetime: lease.lifetime)
        guard lease.isOver(at: .now) else { return }
        // Stopped between the two: somebody else may hold it by now.
        _ = commands.execute(AddressOperation(.remove, key))
    }

    /// Announces the addresses anew, for any sign of a second holder.
    package func announceAnew(now: Instant) -> [VIPEvent] {
        perform(reconciler.announceAnew(now: now), now: now)
    }

    package func readable(now: Instant) -> [VIPEvent] { perform([], now: now) }

    /// At `nextDeadline`; earlier is harmless.
    package func tick(now: Instant) -> [VIPEvent] {
        segment?.follow(view)
        let fenceReports = lease.inspectFence(now: now)
        return fenceReports + perform(reconciler.handle(.tick, now: now), now: now)
    }

    /// Carries the directives out, then takes in what the kernel has to say about it.
    private func perform(_ directives: [ReconcilerDirective], now: Instant) -> [VIPEvent] {
        var reports: [VIPEvent] = []
        carryOut(directives, now: now, &reports)
        for _ in 0..<Self.datagramLimit {
            guard let told = events.receive() else { return reports }
            for event in told { carryOut(reconciler.handle(event, now: now), now: now, &reports) }
        }
        return reports
    }

    private func carryOut(
        _ directives: [ReconcilerDirective],
        now: Instant,
        _ reports: inout [VIPEvent]
    ) {
        // Outcomes lead to further directives. They end: what fails waits for the next audit.
        var queue = directives
        var position = 0
        while position < queue.count {
            let directive = queue[position]
            position += 1
            switch directive {
            case .report(let event):
                note(event)
                reports.append(event)
            case .apply(let operation):
                let result = apply(operation)
                queue += reconciler.handle(.operationFinished(operation, result), now: now)
            case .dump(let table):
                guard !events.requestDump(table) else { continue }
                queue += reconciler.handle(.dumpRefused, now: now)
            case .announce(let announcement):
                queue += reconciler.handle(send(announcement), now: now)
            }
        }
    }

    /// The fence opens before the announcements that follow this report.
    private func note(_ event: VIPEvent) {
        switch event {
        case .held: lease.open()
        case .linkChanged(let interface, _):
            // One that was made anew has no filters; what fails here fails again with the address.
            guard let link = view.link(named: interface) else { return }
            segment?.follow(view)
            _ = lease.attachFence(to: link)
        default: break
        }
    }

    private func apply(_ operation: AddressOperation) -> AddressOperationResult {
        guard operation.action == .add else { return commands.execute(operation) }
        if let link = view.link(index: operation.key.index),
            let refusal = lease.attachFence(to: link)
        {
            return refusal
        }
        let result = commands.execute(operation, lifetime: lease.lifetime)
        guard result == .done, lease.hasOnlyLifetime, lease.isOver(at: .now) else { return result }
        // It took so long that somebody else may hold it by now, and nothing else would stop it.
        _ = commands.execute(AddressOperation(.remove, operation.key))
        return .refused(errno: ETIME)
    }

    private func send(_ announcement: Announcement) -> ReconcilerEvent {
        do {
            return .announced(announcement, frames: try announcements.send(announcement))
        } catch {
            return .announcementFailed(announcement, error)
        }
    }
}
