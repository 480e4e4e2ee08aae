internal import Primitives

/// `slowstart`: a server that comes back gets its share little by little. As in HAProxy not when
/// the process starts, and only with the algorithms that take a new weight at any time.
extension ServerPool {
    /// A server begins to serve again.
    mutating func beginSlowStart(_ slot: Int, now: Instant) {
        guard balance.takesNewWeights(hashType), servers[slot]?.definition.slowStart != nil else {
            return
        }
        servers[slot]?.warmingSince = now
        nextWarmUp = now
    }

    /// Brings the weights of the servers that are coming back in line with the time.
    mutating func warmUp(now: Instant) {
        guard let due = nextWarmUp, now >= due else { return }
        nextWarmUp = nil
        for slot in servers.indices where servers[slot]?.warmingSince != nil {
            if let server = servers[slot], let step = server.warmUpStep,
                server.warmth(now: now) < 1
            {
                nextWarmUp = min(nextWarmUp ?? now + step, now + step)
            } else {
                servers[slot]?.warmingSince = nil
            }
            usabilityChanged(slot, now: now)
        }
    }
}

extension ServerPool.Server {
    /// 0...1, rising since the server came back; 1 for all others.
    func warmth(now: Instant) -> Double {
        guard let since = warmingSince, let length = definition.slowStart else { return 1 }
        return min(1, max(0, (now - since) / length))
    }

    /// Percent, while it is coming back.
    func throttle(now: Instant) -> Int? {
        let warmth = warmth(now: now)
        return warmth < 1 ? max(1, Int(warmth * 100)) : nil
    }

    /// From one new weight to the next.
    fileprivate var warmUpStep: Duration? {
        definition.slowStart.map { max(.milliseconds(10), $0 / 64) }
    }

    /// In thousandths, so that also 1 can rise little by little. It begins with a sixteenth of 1,
    /// as in HAProxy.
    func balancedWeight(now: Instant) -> Int {
        let full = weight.thousandths
        return max(min(full, 1000 / 16), Int(Double(full) * warmth(now: now)))
    }

    /// `maxconn` rises with the weight (HAProxy's `srv_dynamic_maxconn`), from 1.
    func dueSessionLimit(now: Instant) -> Int? {
        maxConnections.map { max(1, Int(Double($0) * warmth(now: now))) }
    }

    /// The weight in force, rounded up, as `show stat` has it.
    func effectiveWeight(now: Instant) -> Int {
        Weight(thousandths: balancedWeight(now: now)).whole
    }
}
