internal import BalancerCore
internal import CLinux
internal import LinuxIO
internal import Primitives
internal import Synchronization

/// What the workers have counted. Does not wait for them.
extension RelayEngine {
    /// The counters, added up.
    /// - Parameter sinceStart: also what was counted before they were cleared
    package func statistics(sinceStart: Bool = false) -> RelayStatistics {
        running.withLock { running in
            var result = statistics(running)
            if !sinceStart, let cleared = running.cleared { result.subtract(cleared) }
            return result
        }
    }

    /// `clear counters`: the highest values, or all.
    package func clearCounters(all: Bool) {
        running.withLock { running in
            for entry in running.frontends {
                entry.peak.store(0, ordering: .relaxed)
                entry.busiestSecond.forget()
            }
            admission.busiestSecond.forget()
            if all { running.cleared = statistics(running) }
        }
    }

    private func statistics(_ running: Running) -> RelayStatistics {
        let now = Instant.now
        let limit = admission.limit.load(ordering: .relaxed)
        var result = RelayStatistics(
            frontends: running.frontends.map { entry in
                RelayStatistics.Frontend(
                    name: entry.name,
                    traffic: TrafficStatistics(),
                    peak: entry.peak.load(ordering: .relaxed),
                    busiestSecond: entry.busiestSecond.maximum,
                    maxConnections: min(entry.limit.load(ordering: .relaxed), limit),
                    standing: running.standing(of: entry.name)
                )
            },
            backends: running.backends.map {
                RelayStatistics.Backend(name: $0.name, traffic: TrafficStatistics(), servers: [])
            },
            maxConnections: limit,
            busiestSecond: admission.busiestSecond.maximum
        )
        for worker in running.workers { result.add(worker, now: now) }
        return result
    }
}

extension RelayStatistics {
    fileprivate mutating func add(_ worker: Worker, now: Instant) {
        let state = unsafe worker.state
        for slot in frontends.indices {
            unsafe frontends[slot].traffic.add(state.pointee.frontendTraffic + slot, now: now)
        }
        for slot in backends.indices {
            guard let servers = unsafe state.pointee.backends[slot].servers else { continue }
            let count = unsafe Int(hb_counter_read(&state.pointee.backends[slot].usedServers))
            unsafe backends[slot].add(
                state.pointee.backendTraffic + slot,
                servers,
                count: count,
                now: now
            )
        }
        let own = unsafe state.pointee.counters
        unsafe sessions &+= Int(truncatingIfNeeded: hb_counter_read(&own.pointee.sessions))
        unsafe limitPauses &+= hb_counter_read(&own.pointee.limitPauses)
        unsafe exhaustions &+= hb_counter_read(&own.pointee.exhaustions)
        unsafe recordsDropped &+= hb_counter_read(&own.pointee.recordsDropped)
        unsafe splicedBytes &+= hb_counter_read(&own.pointee.splicedBytes)
        unsafe streamStarts &+= hb_counter_read(&own.pointee.streamStarts)
        unsafe heldBuffers &+= hb_counter_read(&own.pointee.heldBuffers)
    }
}

extension RelayStatistics.Backend {
    fileprivate mutating func add(
        _ own: TrafficPointer,
        _ rows: TrafficPointer,
        count: Int,
        now: Instant
    ) {
        unsafe traffic.add(own, now: now)
        while servers.count < count { servers.append(TrafficStatistics()) }
        for slot in 0..<count {
            let before = servers[slot]
            unsafe servers[slot].add(rows + slot, now: now)
            // Bytes are counted per server only.
            traffic.bytesIn &+= servers[slot].bytesIn &- before.bytesIn
            traffic.bytesOut &+= servers[slot].bytesOut &- before.bytesOut
        }
    }
}
