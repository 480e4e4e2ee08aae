internal import Glibc
internal import Guardian
internal import Heartbeat
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import VIPKernel
internal import VIPManager

/// How the heart carries out what the pure parts decide.
extension HeartLoop {
    /// Hands a fact to the node and does what it says, until nothing more follows from it.
    func give(_ event: Event, now: Instant) {
        var events = [event]
        var position = 0
        while position < events.count {
            let directives = node.handle(events[position], now: now)
            position += 1
            for directive in directives { events += carryOut(directive, now: now) }
        }
        writeWill()
    }

    /// - Returns: the facts that follow at once, such as the kernel's answer about an address.
    private func carryOut(_ directive: Directive, now: Instant) -> [Event] {
        switch directive {
        case .send(let beat, let rail): send(beat, rail: rail, now: now)
        case .holdVIP: return events(from: driver.hold(now: now))
        case .releaseVIP: return events(from: driver.release(now: now))
        case .suspendVIP:
            return events(from: driver.release(now: now).map { $0 == .released ? .suspended : $0 })
        case .renewLease(let end):
            if !driver.prolong(until: end, now: now) { return [.leaseBroken] }
        case .ask(let question): driver.ask(question)
        case .askArbiter(let request):
            guard !heart.arbiterRequests.putWithoutWaiting(request) else { break }
            return [.arbiter(.failed("nobody has asked it yet"), askedAt: request.askedAt)]
        case .rememberPeer(let mac): report(.rememberPeer(mac))
        case .announceVIP: return events(from: driver.announceAnew(now: now))
        case .resetSessions: report(.resetSessions)
        case .challengeSessions: report(.challengeSessions)
        case .reserveEpochs(let epoch): report(.reserveEpochs(upTo: epoch))
        case .storeMaintenance(let isOn): report(.storeMaintenance(isOn))
        case .complete(let order, let outcome): report(.completed(order: order, outcome))
        case .log(let notice): report(.notice(notice))
        case .exit:
            report(.exit)
            isFinished = true
            leavesForGood = true
        }
        return []
    }

    private func send(_ beat: Beat, rail: Int, now: Instant) {
        send(FrameCodec.encode(beat, by: settings.keys), rail: rail, now: now)
    }

    private func send(_ bytes: [UInt8], rail index: Int, now: Instant) {
        let rail = rails[index]
        do {
            try rail.send(bytes, now: now)
            guard rail.retryAt == nil, rail.condition.worked(now: now) else { return }
            report(.rail(.worksAgain(rail: index, name: rail.name)))
        } catch {
            guard ![EAGAIN, ENOBUFS].contains(error.errno) else {
                rail.condition.missed()
                return
            }
            failed(rail: index, error, now: now, RailTrouble.cannotSend)
        }
    }

    /// Counts it, and tells it where it is news.
    func failed(
        rail index: Int,
        _ error: SystemError,
        now: Instant,
        _ trouble: (_ rail: Int, _ name: String, _ reason: String) -> RailTrouble
    ) {
        guard rails[index].condition.failed(error, now: now) else { return }
        report(.rail(trouble(index, rails[index].name, "\(error)")))
    }

    /// By one rail on which the peer hears this node; where it hears nothing there is nobody to
    /// tell.
    func sendLedger(_ datagrams: [[UInt8]], now: Instant) {
        guard let heard = node.railHeardByPeer(now: now) else { return }
        for datagram in datagrams { send(datagram, rail: heard, now: now) }
    }

    /// What the address driver says outside of a directive.
    func take(_ reports: [VIPEvent], now: Instant) {
        for event in events(from: reports) { give(event, now: now) }
    }

    private func events(from reports: [VIPEvent]) -> [Event] {
        var events: [Event] = []
        for entry in reports {
            report(.address(entry))
            switch entry {
            case .held:
                // Somebody may have asked after the decision, and got silence for an answer.
                events.append(driver.isLatched ? .leaseBroken : .vipHeld)
            case .released, .suspended: events.append(.vipReleased)
            case .fenceLost: node.setFence(.addressLifetime)
            case .fenceRepaired: node.setFence(.deadline)
            case .failed(let fault):
                // An answer to what was asked; later faults are the driver's to repair.
                switch node.state {
                case .activating, .releasing, .fenced: events.append(.vipFailed("\(fault)"))
                default: break
                }
            case .linkChanged:
                node.setVIPMAC(vipMAC)
                events.append(.readiness(ownReadiness))
            case .repaired, .announced, .announcementFailed, .leftoverRemoved: break
            }
        }
        return events
    }

    func giveReadiness(now: Instant) { give(.readiness(ownReadiness), now: now) }

    /// What the others told, with links and addresses as the kernel tells them.
    private var ownReadiness: NodeReadiness {
        var merged = readiness
        merged.linkIsUp = settings.virtualAddresses.allSatisfy {
            driver.view.link(named: $0.interface)?.isUsable ?? false
        }
        merged.hasSource = settings.rails.allSatisfy { rail in
            // The whole of 127.0.0.0/8 is there with one of its addresses.
            rail.own.isLoopback || driver.view.addresses.contains { $0.key.address == rail.own }
        }
        merged.tracks += settings.trackedInterfaces.map { name in
            let link = driver.view.link(named: name)
            let fault: String? =
                link == nil ? "does not exist" : link?.isUsable == true ? nil : "is down"
            return NodeReadiness.Fact(name: "interface \(name)", fault: fault)
        }
        return merged
    }

    private var vipMAC: MACAddress {
        guard let first = settings.virtualAddresses.first else { return .zero }
        return driver.view.link(named: first.interface)?.mac ?? .zero
    }

    /// Keeps the guardian's copy true. The frame is signed anew only when what it says has changed.
    func writeWill() {
        guard let page else { return }
        let last = node.lastWill
        guard last != writtenWill else { return }
        writtenWill = last
        var will = Will()
        will.addresses = settings.virtualAddresses
        will.isFenced = fence.driver != nil
        will.rails = settings.rails.map {
            Will.Rail(from: $0.own, to: Endpoint($0.peer, settings.port))
        }
        will.ethernetRails = settings.ethernetRails
        if last.resignedEpoch != 0 { will.frame = FrameCodec.encode(last, by: settings.keys) }
        page.write(will)
    }

    func report(_ entry: HeartReport) {
        backlog.append(entry)
        // Beyond the limit nobody has listened for long: the oldest news is the least use.
        if backlog.count > Self.reportLimit { backlog.removeFirst() }
    }

    /// What is for the ledger's reader, whoever sent it: the heart does not look.
    func passOn(_ datagram: [UInt8]) {
        guard ledgerBacklog.count < Self.ledgerLimit else {
            // It will ask for what it lacks.
            ledgerOverflows += 1
            return
        }
        ledgerBacklog.append(datagram)
    }

    private func flushLedger() {
        var passed = 0
        while passed < ledgerBacklog.count,
            heart.ledgerArrivals.putWithoutWaiting(ledgerBacklog[passed])
        {
            passed += 1
        }
        ledgerBacklog.removeFirst(passed)
    }

    /// Passes on what can be passed on without waiting.
    func flush() {
        flushLedger()
        var passed = 0
        while passed < backlog.count, reports.putWithoutWaiting(backlog[passed]) { passed += 1 }
        backlog.removeFirst(passed)
    }
}
