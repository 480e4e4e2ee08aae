internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// Facts in, directives out, one at a time.
extension SimulatedHeart {
    /// A datagram is read, decoded and given to the node.
    func receive(_ datagram: Datagram) -> Step {
        let result = FrameCodec.decode(datagram.bytes[...], by: authenticator)
        let (believed, isLaundered) = mutated(result, datagram)
        let rail = datagram.rail
        var give = Give(events: [.datagram(believed, rail: rail)])
        let received = node.tracker.rails[rail].received
        let wasReleased = node.tracker.last?.kind == .release
        hasThought = true
        give.directives = node.handle(give.events[0], now: now)
        give.position = 1
        let isRelease = !wasReleased && node.tracker.last?.kind == .release
        let wasAccepted = node.tracker.rails[rail].received > received || isRelease
        if wasAccepted, !isLaundered, !isRelease {
            heardAt = now
            heardEpoch = max(heardEpoch, datagram.epoch)
        }
        stack.append(.give(give))
        return .heard(datagram, wasAccepted: wasAccepted)
    }

    func step(_ before: Give) -> Step {
        var give = before
        if give.next < give.directives.count {
            let directive = give.directives[give.next]
            give.next += 1
            stack.append(.give(give))
            return carryOut(directive)
        }
        guard give.position < give.events.count else {
            stack.append(.writeWill)
            return .thought
        }
        hasThought = true
        give.directives = node.handle(give.events[give.position], now: now)
        give.position += 1
        give.next = 0
        stack.append(.give(give))
        return .thought
    }

    private func carryOut(_ directive: Directive) -> Step {
        switch directive {
        case .holdVIP: stack.append(.drive(Drive(queue: reconciler.hold(now: now))))
        case .releaseVIP, .suspendVIP:
            stack.append(.drive(Drive(queue: reconciler.release(now: now))))
        case .announceVIP:
            guard mutation != .silentSurvivor else { break }
            stack.append(.drive(Drive(queue: reconciler.announceAnew(now: now))))
        case .exit: hasExited = true
        default: break
        }
        return .directive(directive)
    }

    func step(_ before: Drive, _ kernel: inout SimulatedKernel) -> Step {
        var drive = before
        if drive.position < drive.queue.count {
            let directive = drive.queue[drive.position]
            drive.position += 1
            return carryOut(directive, drive, &kernel)
        }
        if drive.toldPosition < drive.told.count {
            drive.queue = reconciler.handle(drive.told[drive.toldPosition], now: now)
            drive.position = 0
            drive.toldPosition += 1
            stack.append(.drive(drive))
            return .thought
        }
        if drive.batches < Self.batchLimit, !kernel.readable.isEmpty {
            drive.batches += 1
            drive.told = kernel.readable.removeFirst()
            drive.toldPosition = 0
            if mutation == .neverRepairs, reconciler.phase == .held { drive.told = [] }
            stack.append(.drive(drive))
            return .thought
        }
        finish(drive)
        return .thought
    }

    private func carryOut(
        _ directive: ReconcilerDirective,
        _ drive: Drive,
        _ kernel: inout SimulatedKernel
    ) -> Step {
        var drive = drive
        switch directive {
        case .report(let event):
            drive.reports.append(event)
            stack.append(.drive(drive))
            return .report(event)
        case .apply(let operation):
            stack.append(.drive(drive))
            return .apply(operation)
        case .dump(let table):
            kernel.readable.append(kernel.dump(table))
            stack.append(.drive(drive))
            return .thought
        case .announce(let announcement):
            stack.append(.drive(drive))
            return .announce(announcement)
        }
    }

    /// The kernel has answered the call that `step` returned last.
    func answer(_ event: ReconcilerEvent) {
        guard case .drive(var drive) = stack.popLast() else {
            preconditionFailure("an answer to a call that was not made")
        }
        drive.queue += reconciler.handle(event, now: now)
        stack.append(.drive(drive))
    }

    /// `HeartLoop.events(from:)`; within a directive the facts join the queue of its `give`.
    private func finish(_ drive: Drive) {
        var events: [Event] = []
        for report in drive.reports {
            switch report {
            case .held:
                events.append(isLatched ? .leaseBroken : .vipHeld)
            case .released: events.append(.vipReleased)
            case .failed(let fault):
                switch node.state {
                case .activating, .releasing, .fenced: events.append(.vipFailed("\(fault)"))
                default: break
                }
            case .linkChanged:
                node.setVIPMAC(reconciler.view.link(named: SimulatedKernel.interface)?.mac ?? .zero)
                events.append(.readiness(ownReadiness))
            case .repaired, .announced, .announcementFailed, .leftoverRemoved: break
            case .suspended, .fenceLost, .fenceRepaired:
                preconditionFailure("the simulated reconciler and fence do not say that")
            }
        }
        if case .give(var give) = stack.last {
            give.events += events
            stack[stack.count - 1] = .give(give)
        } else {
            // Each is a `give` of its own, the first one first.
            for event in events.reversed() { give(event) }
        }
    }

    /// What a mutation makes of a frame before the node sees it.
    private func mutated(
        _ result: Result<Beat, FrameDecodingError>,
        _ datagram: Datagram
    ) -> (Result<Beat, FrameDecodingError>, isLaundered: Bool) {
        guard let mutation, case .success(var beat) = result else { return (result, false) }
        var isLaundered = false
        switch mutation {
        case .ignoresPeerEpochs: beat.highestEpoch = 0
        case .trustsBroadcasts: beat.vipMAC = MACAddress(0x0242_0A00_0099)
        case .ignoresSecondHolder:
            if node.state.role.claimsVIP, beat.role.claimsVIP { beat.role = .standby }
        case .believesReplays where !datagram.isGenuine && beat.kind == .beat:
            guard let last = node.tracker.last, last.kind == .beat else { break }
            beat.bootID = last.bootID
            beat.sequence = node.tracker.rails[datagram.rail].highestSequence + 1
            beat.echo = node.tracker.nonce
            isLaundered = true
        case .believesOldReleases where beat.kind == .release:
            guard let last = node.tracker.last, last.kind == .beat else { break }
            isLaundered = beat.bootID != last.bootID
            beat.bootID = last.bootID
        default: break
        }
        return (.success(beat), isLaundered)
    }
}
