import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// A holder that is stopped or killed so that nobody can act for it: its kernel has to.
    @Suite struct FenceTests {
        private static let repeats = 10
        /// dead-after without one beat, and what a sample takes.
        private static let lease = Duration.milliseconds(200)
        private static let limit = Duration.milliseconds(320)

        /// Who is stopped.
        enum Victims: String, CaseIterable { case daemon = "the daemon", all = "all processes" }

        @Test(arguments: Victims.allCases)
        func `stopped, it is silent before the other one takes over, and gives way when it goes on`(
            victims: Victims
        ) throws {
            try Scene.playComplete { scene, first in
                let outages = try Self.measure(scene, from: first) { holder in
                    let daemon = scene.daemon(holder)
                    if victims == .all { try daemon.signalGuardian(SIGSTOP) }
                    try daemon.signalDaemon(SIGSTOP)
                } mending: { node in
                    let daemon = scene.daemon(node)
                    if victims == .all { try daemon.signalGuardian(SIGCONT) }
                    try daemon.signalDaemon(SIGCONT)
                    try scene.wait(for: .standby, on: node)
                    #expect(daemon.log.contains("the lease ran out"))
                }
                outages.report("SIGSTOP of \(victims.rawValue)")
                #expect(outages.allSatisfy { $0 <= Self.limit })
            }
        }

        @Test(arguments: HeartbeatSetting.allCases)
        func `kill -9 of daemon and guardian: its traffic ends with the lease`(
            setting: HeartbeatSetting
        ) throws {
            var options = LabPair.Options()
            options.pairLines.append(setting.line)
            try Scene.playComplete(options) { scene, first in
                let outages = try Self.measure(scene, from: first) { holder in
                    try scene.daemon(holder).killBoth()
                } mending: { node in
                    try scene.daemon(node).start()
                }
                outages.report("kill -9 of daemon and guardian, \(setting.line)")
                #expect(outages.allSatisfy { $0 <= Self.limit })
                #expect(outages.sorted()[outages.count / 2] <= setting.median)
            }
        }

        /// Whether the other node takes over depends on where between two beats the stop begins;
        /// what must be true does not.
        @Test
        func `stopped for a moment, it comes back with its sessions unless somebody took over`()
            throws
        {
            try Scene.playComplete { scene, first in
                var holder = first
                var returns = 0
                try scene.expectHolder(holder)
                for _ in 0..<Self.repeats {
                    let sessions = try SessionHolder(20, from: scene.client, to: scene.service)
                    Patience.pause(.milliseconds(300))
                    let sampler = try HolderSampler(from: scene.client)
                    let epoch = scene.epoch
                    try scene.daemon(holder).signalDaemon(SIGSTOP)
                    Patience.pause(.milliseconds(205))
                    try scene.daemon(holder).signalDaemon(SIGCONT)
                    Patience.pause(.milliseconds(800))
                    let next = try scene.waitUntilComplete()
                    let turns = sampler.stop().turns
                    #expect(turns.count <= 2, "\(turns)")
                    let losses = sessions.stop().count { $0.loss != nil }
                    if next == holder {
                        returns += 1
                        #expect(losses == 0)
                        try scene.expectHolder(holder, epochRose: false)
                        #expect(scene.epoch <= epoch + 1)
                    } else {
                        #expect(losses == 20)
                        try scene.expectHolder(next)
                    }
                    holder = next
                }
                print("stopped for 205 ms: \(returns) of \(Self.repeats) came back with sessions")
                #expect(returns >= Self.repeats / 2)
            }
        }

        @Test func `filters are never stacked, and an orderly stop takes them away`() throws {
            try Scene.playComplete { scene, holder in
                let daemon = scene.daemon(holder)
                for _ in 0..<3 {
                    try daemon.killBoth()
                    // Its listeners are closed a moment after its death.
                    Patience.pause(.milliseconds(500))
                    try daemon.start()
                    _ = try scene.waitUntilComplete()
                    #expect(try Self.filters(daemon) == [1, 1])
                }
                for _ in 0..<3 {
                    try daemon.signalDaemon(SIGKILL)
                    Patience.pause(.milliseconds(50))
                    _ = try scene.waitUntilComplete()
                    #expect(try Self.filters(daemon) == [1, 1])
                }
                #expect(try daemon.stop() == .exited(0))
                #expect(try Self.filters(daemon) == [0, 0])
                // Killed while it is the only one, and the guardian stopped before the next life.
                let other = scene.daemon(1 - holder)
                try other.signalDaemon(SIGKILL)
                Patience.pause(.milliseconds(50))
                #expect(try other.stop() == .exited(0))
                #expect(try Self.filters(other) == [0, 0])
            }
        }

        /// A kernel that does not preempt itself keeps the heart off its processor while it loads
        /// the set, for longer than a lease: then the holder is fenced for a moment, and comes back
        /// with its sessions.
        @Test func `a flushed and a busy packet filter move nothing`() throws {
            try Scene.playComplete { scene, holder in
                let host = scene.daemon(holder).host
                let files = try TemporaryDirectory("nft")
                let elements = (0..<150_000).map {
                    "10.\(100 + $0 / 65_536).\($0 / 256 % 256).\($0 % 256)"
                }
                try TextFile.write(
                    "flush ruleset\nadd table ip t\nadd set ip t s { type ipv4_addr; }\n"
                        + "add element ip t s { \(elements.joined(separator: ", ")) }\n",
                    to: files.path + "/rules"
                )
                let sessions = try SessionHolder(20, from: scene.client, to: scene.service)
                let sampler = try HolderSampler(from: scene.client)
                for _ in 0..<5 {
                    let result = try host.run("nft", ["-f", files.path + "/rules"])
                    #expect(result.status.isSuccess, "\(result.standardError)")
                }
                #expect(try scene.waitUntilComplete() == holder)
                #expect(sampler.stop().turns == [host.plan.hardwareAddress])
                #expect(sessions.stop().allSatisfy { $0.loss == nil })
                try scene.expectHolder(holder)
                let pauses = scene.daemon(holder).log.matches(of: #/the lease ran out (\d+) ms/#)
                print("5 loads of 150 000 elements: \(pauses.count) leases ran out")
            }
        }

        @Test func `where BPF is refused the address lifetime is the fence, and is waited for`()
            throws
        {
            let files = try TemporaryDirectory("nobpf")
            let wrapper = files.path + "/ha-balancer"
            try TextFile.write(
                "#!/bin/sh\nexec setpriv --bounding-set=-bpf,-sys_admin "
                    + "\(BinaryLocator.path) \"$@\"\n",
                to: wrapper
            )
            try #require(unsafe chmod(wrapper, 0o755) == 0)
            try Scene.play(LabPair.Options(), binary: wrapper) { scene in
                try scene.pair.start()
                let holder = try scene.waitUntilComplete()
                #expect(scene.daemon(holder).log.contains("the kernel refuses the fence"))
                let nodes = try scene.pairStatus(holder).nodes
                #expect(nodes.compactMap(\.fence?.kind) == [.addressLifetime, .addressLifetime])
                #expect(nodes.first { $0.isThisNode }?.fence?.outlivesMilliseconds == 3050)
                #expect(nodes.first { $0.isThisNode }?.fence?.fault?.contains("bpf") == true)
                let sampler = try HolderSampler(from: scene.client)
                try scene.daemon(holder).signalDaemon(SIGSTOP)
                let stoppedAt = Instant.now
                let isTaken = try Patience.wait(.seconds(6)) {
                    try scene.pair.holders() == [1 - holder]
                }
                #expect(isTaken)
                let waited = Instant.now - stoppedAt
                print("without BPF: taken over \(waited.milliseconds) ms after the stop")
                #expect(waited >= .seconds(2) && waited <= .milliseconds(3300))
                try scene.daemon(holder).signalDaemon(SIGCONT)
                try scene.wait(for: .standby, on: holder)
                #expect(sampler.stop().turns.count == 2)
                try scene.expectHolder(1 - holder)
            }
        }

        /// How many filters of ours are at ingress and egress.
        private static func filters(_ daemon: LabDaemon) throws -> [Int] {
            try ["ingress", "egress"].map { way in
                let list = try daemon.host.run("tc", ["filter", "show", "dev", "eth1", way])
                return list.standardOutput.matches(of: #/handle 0x4841 ha_fence_/#).count
            }
        }

        /// Lets an event befall the holder again and again. The sampler must hear one holder, then
        /// the other, and nothing of the first one when its lease is over.
        private static func measure(
            _ scene: Scene,
            from first: Int,
            _ event: (_ holder: Int) throws -> Void,
            mending mend: (_ node: Int) throws -> Void
        ) throws -> [Duration] {
            var holder = first
            try scene.expectHolder(holder)
            return try (0..<repeats).map { _ in
                let macs = (0...1).map { scene.daemon($0).host.plan.hardwareAddress }
                let sampler = try HolderSampler(from: scene.client)
                var eventAt = Instant.now
                let log = try scene.outages {
                    try event(holder)
                    eventAt = .now
                }
                let other = 1 - holder
                try mend(holder)
                let answers = sampler.stop()
                #expect(answers.turns == [macs[holder], macs[other]])
                let last = try #require(answers.last(of: macs[holder]))
                #expect(last - eventAt <= lease + .milliseconds(10), "\(last - eventAt)")
                #expect(try scene.waitUntilComplete() == other)
                try scene.expectHolder(other)
                holder = other
                return log.span
            }
        }
    }
}
