internal import Heartbeat
internal import PairControl
internal import Primitives
internal import VIPManager

/// The lives of daemons and hosts: start, work, stop, death.
extension World {
    func start(_ index: Int) {
        let host = hosts[index]
        host.isPowered = true
        host.staysDown = false
        host.life += 1
        host.status = .running
        host.interruption = nil
        host.willFrame = []
        host.willIsWritten = false
        host.kernel.readable = []
        host.kernel.untold = []
        pendingCall[index] = nil
        var settings = host.settings
        if mutation == .noBootHold { settings.bootHold = .zero }
        if mutation == .asksNoArbiter { settings.hasArbiter = false }
        if mutation == .hastyVerdict {
            settings.deadAfter = settings.deadAfter / 2
            // No time would be left for a lease.
            settings.hasArbiter = false
        }
        let identity = newIdentity()
        host.boot = identity.boot
        host.heart = SimulatedHeart(
            settings,
            addresses: addresses,
            identity: identity,
            reservedEpoch: host.disk.epoch,
            inMaintenance: host.disk.inMaintenance,
            peerMAC: mutation == .trustsBroadcasts
                ? MACAddress(0x0242_0A00_0099) : host.disk.peerMAC,
            life: host.life,
            mutation: mutation,
            now: host.clock(at: now)
        )
        host.hasNoFence = mutation == .hasNoLease
        // As `FenceDriver` does when it is made.
        host.kernel.fence.deadline = .zero
        monitor.addressesChanged(host, byItself: false, self)
        say("\(host.name) starts, epoch file \(host.disk.epoch)")
        monitor.started(host, self)
        timeline.plan(.clerk(host: index, life: host.life), at: now + .milliseconds(5))
        run(index)
    }

    /// Lets the daemon of a host work until it waits for something.
    func run(_ index: Int) {
        let host = hosts[index]
        var steps = 0
        while host.canRun, let heart = host.heart, monitor.violation == nil {
            steps += 1
            if steps > 100_000 {
                monitor.fail(.noSpin, "\(host.name) does not come to an end", self)
                return
            }
            if heart.stack.isEmpty {
                guard heart.beginTurn(host.kernel, now: host.clock(at: now)) else { break }
                if heart.turnsAtThisInstant > 500 {
                    monitor.fail(.noSpin, "\(host.name) wakes up without end", self)
                    return
                }
            }
            let step = heart.step(&host.kernel, clock: host.clock(at: now))
            let isAct = perform(step, of: host, heart)
            if heart.hasThought {
                heart.hasThought = false
                monitor.observe(host, heart, self)
            }
            if isAct { interrupt(host) }
        }
        if let heart = host.heart, heart.hasExited, heart.stack.isEmpty { exited(host) }
        arm(host)
    }

    private func arm(_ host: SimulatedHost) {
        guard host.canRun, let heart = host.heart else { return }
        let due = max(now, host.worldTime(of: heart.deadline))
        guard due < .distantFuture else { return }
        heart.generation += 1
        timeline.plan(
            .timer(host: host.index, life: heart.life, generation: heart.generation),
            at: due + dice.duration(.microseconds(5)...(.microseconds(150)))
        )
    }

    /// - Returns: whether something left the process: a place where it may be interrupted.
    private func perform(
        _ step: SimulatedHeart.Step,
        of host: SimulatedHost,
        _ heart: SimulatedHeart
    ) -> Bool {
        switch step {
        case .thought, .idle: return false
        case .directive(let directive): carryOut(directive, of: host)
        case .announce(let announcement): heart.answer(announce(announcement, from: host))
        case .apply(let operation):
            if host.kernel.lateness > .zero {
                block(host, on: operation)
                return false
            }
            apply(operation, on: host, heart)
        case .writeWill(let will):
            host.willIsWritten = true
            host.willFrame =
                will.resignedEpoch == 0
                ? [] : FrameCodec.encode(will, by: SimulatedAuthenticator())
        case .report(let event):
            if case .announced = event { return false }
            say("\(host.name) address: \(event)")
            if case .held = event { openLease(host, heart) }
        case .heard: break
        }
        return true
    }

    func apply(_ operation: AddressOperation, on host: SimulatedHost, _ heart: SimulatedHeart) {
        let result = host.kernel.execute(operation)
        let isLate = host.kernel.notificationDelay > .zero || host.kernel.lastNotificationAt > now
        if ![.done, .absent].contains(result) || isLate {
            monitor.records[host.index].refusedAt = now
        }
        say("\(host.name) kernel: \(operation.action) \(operation.key.address): \(result)")
        tellNotifications(of: host)
        heart.answer(.operationFinished(operation, result))
        monitor.addressesChanged(host, byItself: operation.action == .add, self)
    }

    /// The call waits for the kernel's lock; so does the whole thread.
    private func block(_ host: SimulatedHost, on operation: AddressOperation) {
        pendingCall[host.index] = operation
        host.status = .blocked
        host.pauseGeneration += 1
        say("\(host.name) waits for the kernel")
        monitor.stopped(host, self)
        timeline.plan(
            .processResumes(host: host.index, life: host.life, generation: host.pauseGeneration),
            at: now + host.kernel.lateness
        )
    }

    private func interrupt(_ host: SimulatedHost) {
        guard var interruption = host.interruption else { return }
        interruption.after -= 1
        host.interruption = interruption
        guard interruption.after <= 0 else { return }
        host.interruption = nil
        switch interruption.kind {
        case .crash(let withGuardian): crash(host.index, withGuardian: withGuardian)
        case .pause(let duration): pauseProcess(host.index, duration)
        }
    }

    func pauseProcess(_ index: Int, _ duration: Duration) {
        let host = hosts[index]
        guard host.heart != nil, host.status == .running else { return }
        host.status = .paused
        host.pauseGeneration += 1
        say("\(host.name) daemon is stopped for \(duration.milliseconds) ms")
        monitor.stopped(host, self)
        timeline.plan(
            .processResumes(host: index, life: host.life, generation: host.pauseGeneration),
            at: now + duration
        )
    }

    func resumeProcess(_ index: Int) {
        let host = hosts[index]
        guard let heart = host.heart else { return }
        monitor.continues(host, self)
        host.status = .running
        if let call = pendingCall[index] {
            pendingCall[index] = nil
            apply(call, on: host, heart)
            interrupt(host)
        } else {
            say("\(host.name) daemon continues")
        }
        run(index)
    }

    func pauseHost(_ index: Int, _ duration: Duration, keepsFrames: Bool) {
        let host = hosts[index]
        guard host.isPowered, !host.isPaused else { return }
        host.pauseClock(at: now)
        host.keepsFrames = keepsFrames
        host.hostGeneration += 1
        say("\(host.name) host stands still for \(duration.milliseconds) ms")
        monitor.stopped(host, self)
        timeline.plan(
            .hostResumes(host: index, generation: host.hostGeneration),
            at: now + duration
        )
    }

    func resumeHost(_ index: Int) {
        let host = hosts[index]
        monitor.continues(host, self)
        host.resumeClock(at: now)
        say("\(host.name) host goes on")
        monitor.addressesChanged(host, byItself: false, self)
        let waiting = deferred[index]
        deferred[index] = []
        for happening in waiting { timeline.plan(happening, at: now) }
        run(index)
    }

    /// Kill -9, at this very step.
    func crash(_ index: Int, withGuardian: Bool) {
        let host = hosts[index]
        guard host.heart != nil else { return }
        if host.status == .blocked {
            // The call is not given up half-way: death comes with its return.
            host.interruption = Interruption(after: 1, kind: .crash(withGuardian: withGuardian))
            return
        }
        host.heart = nil
        host.status = .running
        host.interruption = nil
        say("\(host.name) daemon is killed" + (withGuardian ? "" : ", its guardian too"))
        monitor.died(host, self)
        guard withGuardian else {
            host.staysDown = true
            return
        }
        let isSlow = dice.chance(permille: 100)
        let usual: ClosedRange<Duration> = .microseconds(200)...(.milliseconds(4))
        let noticed = dice.duration(isSlow ? .milliseconds(5)...(.milliseconds(140)) : usual)
        let isHasty = mutation == .guardianTellsFirst
        let first: GuardianStep = isHasty ? .tellsPeerFirst : .removesAddresses
        timeline.plan(.guardianActs(host: index, life: host.life, first), at: now + noticed)
        let backOff = Duration.milliseconds(100) * (1 << min(host.deathsInARow, 4))
        host.deathsInARow += 1
        timeline.plan(.starts(host: index, life: host.life), at: now + noticed + backOff)
    }

    func powerOff(_ index: Int) {
        let host = hosts[index]
        guard host.isPowered, !host.isPaused else { return }
        host.isPowered = false
        host.heart = nil
        host.status = .running
        host.staysDown = true
        host.interruption = nil
        host.life += 1
        host.kernel.reboot()
        say("\(host.name) loses power")
        monitor.died(host, self)
        monitor.addressesChanged(host, byItself: false, self)
    }

    /// The end of an orderly stop.
    private func exited(_ host: SimulatedHost) {
        host.heart = nil
        host.staysDown = true
        say("\(host.name) daemon has ended in order")
        monitor.died(host, self)
        timeline.plan(
            .guardianActs(host: host.index, life: host.life, .removesAddresses),
            at: now + .milliseconds(1)
        )
    }

    func guardianActs(_ index: Int, _ life: Int, _ step: GuardianStep) {
        let host = hosts[index]
        guard host.life == life, host.heart == nil, host.willIsWritten else { return }
        switch step {
        case .removesAddresses:
            host.kernel.fence.deadline = .zero
            var areGone = true
            for address in addresses {
                areGone = host.kernel.removeForGuardian(address.address) && areGone
            }
            host.kernel.untold = []
            say("\(host.name) guardian removes the addresses" + (areGone ? "" : ": refused"))
            monitor.addressesChanged(host, byItself: false, self)
            if areGone { guardianActs(index, life, .tellsPeer) }
        case .tellsPeer:
            guard !host.willFrame.isEmpty else { return }
            say("\(host.name) guardian tells the peer")
            for rail in 0..<host.settings.railCount {
                for _ in 0..<3 { send(host.willFrame, from: host, rail: rail, isRelease: true) }
            }
        case .tellsPeerFirst:
            guardianActs(index, life, .tellsPeer)
            timeline.plan(
                .guardianActs(host: index, life: life, .removesAddresses),
                at: now + .milliseconds(50)
            )
        }
    }
}
