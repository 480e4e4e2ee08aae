/// What the daemon may do, and how the kernel is set.
extension Diagnosis {
    /// The numbers are those of linux/capability.h.
    private static let needed: [(number: Int, name: String, purpose: String)] = [
        (10, "CAP_NET_BIND_SERVICE", "heartbeats and listeners on ports below 1024"),
        (12, "CAP_NET_ADMIN", "adding the virtual IP"),
        (13, "CAP_NET_RAW", "announcing it"),
        (23, "CAP_SYS_NICE", "beats in time on a busy host"),
        (39, "CAP_BPF", "the fence"),
    ]

    static func rights(_ facts: Facts) -> [Finding] {
        guard facts.pair != nil, let rights = facts.rights else { return [] }
        return capabilities(rights) + [fence(rights), realTime(rights), memory(rights)]
    }

    private static func capabilities(_ rights: RightsFact) -> [Finding] {
        let missing = needed.filter { rights.capabilities >> UInt64($0.number) & 1 == 0 }
        if missing.isEmpty {
            return [Finding(.capability, .fine, "\(rights.who) has all capabilities it needs")]
        }
        return missing.map {
            Finding(
                .capability,
                .failure,
                "\(rights.who) lacks \($0.name): \($0.purpose)",
                advice: rights.isDaemon
                    ? "use the systemd unit of `make install`" : "run this as root"
            )
        }
    }

    private static func fence(_ rights: RightsFact) -> Finding {
        switch rights.fence {
        case .works:
            return Finding(.fence, .fine, "BPF and clsact work: a node that hangs falls silent")
        case .refused(let why):
            return Finding(
                .fence,
                .warning,
                "the kernel refuses the fence (\(why)): the other node waits 3 s before it takes "
                    + "over",
                advice: "CAP_BPF and CAP_NET_ADMIN, Linux 5.8 or later with CONFIG_NET_CLS_BPF; "
                    + "many containers forbid it"
            )
        case .notTried(let why):
            return Finding(.fence, .unknown, "the fence was not tried: \(why)")
        }
    }

    private static func realTime(_ rights: RightsFact) -> Finding {
        guard rights.isRealTimePermitted else {
            return Finding(
                .realTime,
                .warning,
                "\(rights.who) may not use real-time scheduling: beats may be late under load",
                advice: "CAP_SYS_NICE or LimitRTPRIO=; with RT group scheduling, cpu.rt_runtime_us"
            )
        }
        return Finding(.realTime, .fine, "\(rights.who) may use real-time scheduling")
    }

    private static func memory(_ rights: RightsFact) -> Finding {
        guard rights.mayLockMemory else {
            return Finding(
                .memoryLock,
                .warning,
                "\(rights.who) may not lock its memory: beats may wait for a page from disk",
                advice: "LimitMEMLOCK=infinity, as in the unit of `make install`"
            )
        }
        return Finding(.memoryLock, .fine, "\(rights.who) may lock its memory")
    }
}
