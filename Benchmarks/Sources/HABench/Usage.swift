internal import Glibc

/// What processes have used so far.
struct Usage {
    /// On a CPU, user and system, in seconds.
    var cpu: Double = 0

    static func - (left: Usage, right: Usage) -> Usage { Usage(cpu: left.cpu - right.cpu) }

    /// The sum over all threads that live, to the nanosecond.
    init(of pids: [Int32]) {
        for pid in pids {
            for thread in System.entries(of: "/proc/\(pid)/task") {
                let path = "/proc/\(pid)/task/\(thread)/schedstat"
                let first = System.read(path)?.split(separator: " ").first
                cpu += Double(first ?? "0").map { $0 / 1e9 } ?? 0
            }
        }
    }

    init(cpu: Double = 0) { self.cpu = cpu }

    /// What all CPUs of the machine did but idle, in seconds; in steps of 10 ms.
    static func machine() -> Usage {
        let line = System.read("/proc/stat")?.split(separator: "\n").first ?? ""
        // user nice system idle iowait irq softirq steal
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard ticks.count >= 8 else { return Usage() }
        let busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
        return Usage(cpu: busy / Double(sysconf(Int32(_SC_CLK_TCK))))
    }
}

/// Memory of processes, in bytes.
struct Memory {
    /// Pages that processes share count once for each.
    var resident = 0
    /// Pages that processes share count once, in parts.
    var proportional = 0
    /// Memory of its own: heap, stacks, anonymous mappings.
    var anonymous = 0

    init(of pids: [Int32]) {
        for pid in pids {
            resident += Self.field("VmRSS:", of: "/proc/\(pid)/status")
            anonymous += Self.field("RssAnon:", of: "/proc/\(pid)/status")
            proportional += Self.field("Pss:", of: "/proc/\(pid)/smaps_rollup")
        }
    }

    private static func field(_ name: String, of path: String) -> Int {
        for line in (System.read(path) ?? "").split(separator: "\n") where line.hasPrefix(name) {
            // The unit is always kB.
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.count > 1 ? (Int(words[1]) ?? 0) * 1024 : 0
        }
        return 0
    }
}
