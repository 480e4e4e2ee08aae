import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// Nobody waits for a time-out: when the holder dies, its clients and their servers are told.
    @Suite struct ToldTests {
        private static let crowd = 5000
        private static let limit: Duration = .milliseconds(500)

        /// As `Scene.playComplete`, with room for the crowd.
        private static func play(
            _ setting: HeartbeatSetting = .asDefault,
            _ body: (Scene, _ holder: Int) throws -> Void
        ) throws {
            var options = LabPair.Options()
            options.pairLines = [setting.line]
            options.maxConnections = 8192
            try Scene.playComplete(options, body)
        }

        private static func fill(_ scene: Scene, _ holder: Int) throws -> Crowd {
            let crowd = try Crowd(Self.crowd, from: scene.client, to: scene.service)
            let isFull = Patience.wait(.seconds(30)) { crowd.endings.greeted == Self.crowd }
            try #require(isFull, "\(crowd.endings)")
            try expectKnown(Self.crowd, of: holder, in: scene)
            return crowd
        }

        /// What the holder has told is what the other one knows.
        private static func expectKnown(_ count: Int, of holder: Int, in scene: Scene) throws {
            var ledgers: [LedgerStatus?] = []
            let isKnown = try Patience.wait(.seconds(5)) {
                ledgers = [
                    try scene.pairStatus(holder).ledger, try scene.pairStatus(1 - holder).ledger,
                ]
                return ledgers[0]?.sessionsTold == count && ledgers[1]?.sessionsKnown == count
                    && ledgers[1]?.isComplete == true
            }
            #expect(isKnown, "\(ledgers)")
            for ledger in ledgers.compactMap(\.self) {
                // A life that has just begun speaks before it has proved itself.
                #expect(ledger.drops.filter { $0.key != "unproven-boot" }.isEmpty)
                #expect(ledger.untold == 0)
            }
        }

        /// Sessions at the databases, those of checks apart.
        private static func served(_ scene: Scene) -> Int {
            scene.databases.map(\.statistics.open).reduce(0, +)
        }

        /// When the other node first said that it has the virtual IP.
        private static func takeover(_ tap: FrameTap, by mac: MACAddress) -> Instant? {
            tap.frames.first { frame in
                frame.bytes.count >= 42 && Array(frame.bytes[22..<28]) == mac.bytes
                    && Array(frame.bytes[28..<32]) == HostPlan.virtualAddress.networkBytes
            }?.at
        }

        @Test(arguments: HeartbeatSetting.allCases)
        func `power off with 5000 sessions: both ends are told within 500 ms of the takeover`(
            setting: HeartbeatSetting
        ) throws {
            try Self.play(setting) { scene, holder in
                let crowd = try Self.fill(scene, holder)
                #expect(Self.served(scene) >= Self.crowd)
                let other = scene.daemon(1 - holder)
                let tap = try FrameTap(on: scene.client, .arp)
                let cutAt = Instant.now
                try scene.network.powerOff(scene.daemon(holder).host)
                var serversAt: Instant?
                let isOver = Patience.wait(.seconds(10)) {
                    if serversAt == nil, Self.served(scene) <= 6 { serversAt = .now }
                    return serversAt != nil
                        && crowd.endings.resets + crowd.endings.closes == Self.crowd
                }
                let endings = crowd.endings
                #expect(isOver, "\(endings), \(Self.served(scene)) left at the servers")
                #expect(endings.resets == Self.crowd && endings.closes == 0)
                let tookAt = try #require(Self.takeover(tap, by: other.host.plan.hardwareAddress))
                let clients = try #require(endings.lastAt) - tookAt
                let servers = try #require(serversAt) - tookAt
                print(
                    "told, \(setting.line): takeover \((tookAt - cutAt).milliseconds) ms after "
                        + "the cut; of \(Self.crowd) sessions all clients \(clients.milliseconds) ms, all "
                        + "servers \(servers.milliseconds) ms after the takeover"
                )
                #expect(clients <= Self.limit)
                #expect(servers <= Self.limit)

                // Said once, shown, and no harm to those who come now.
                let sessions = try SessionHolder(20, from: scene.client, to: scene.service)
                #expect(sessions.waitUntilOpen(timeout: .seconds(5)))
                Patience.pause(.milliseconds(1500))
                #expect(sessions.stop().allSatisfy { $0.loss == nil })
                let ledger = try #require(try scene.pairStatus(1 - holder).ledger)
                let challenge = try #require(ledger.lastChallenge)
                #expect(challenge.sessions == Self.crowd)
                #expect(challenge.ends == 2 * Self.crowd && challenge.untellable == 0)
                #expect(try #require(challenge.milliseconds) < 500)
                #expect(ledger.sessionsKnown == 0)
                #expect(other.log.matches(of: #/5000 sessions of .* are dead/#).count == 1)
            }
        }

        @Test func `kill -9 of daemon and guardian: nobody is left behind either`() throws {
            try Self.play { scene, holder in
                let crowd = try Self.fill(scene, holder)
                let killedAt = Instant.now
                try scene.daemon(holder).killBoth()
                let isOver = Patience.wait(.seconds(10)) {
                    crowd.endings.resets + crowd.endings.closes == Self.crowd
                        && Self.served(scene) <= 6
                }
                #expect(isOver, "\(crowd.endings), \(Self.served(scene)) left at the servers")
                let last = try #require(crowd.endings.lastAt)
                print(
                    "told: kill -9 of both: \(crowd.endings.resets) resets, \(crowd.endings.closes) "
                        + "ends of stream, the last \((last - killedAt).milliseconds) ms after it"
                )
            }
        }

        enum Leave: CaseIterable { case failover, maintenance, stop }

        @Test(arguments: Leave.allCases)
        func
            `a standby that has just started is told of everything; a holder that leaves takes its leave`(
                leave: Leave
            ) throws
        {
            try Self.play { scene, holder in
                let crowd = try Self.fill(scene, holder)
                let standby = scene.daemon(1 - holder)
                #expect(try standby.stop() == .exited(0))
                try standby.start()
                #expect(try scene.waitUntilComplete() == holder)
                try Self.expectKnown(Self.crowd, of: holder, in: scene)
                // In order: the node that gives the address away resets its own sessions.
                let status =
                    switch leave {
                    case .failover: try standby.command("failover").status
                    case .maintenance:
                        try scene.daemon(holder).command("maintenance", "on").status
                    case .stop: try scene.daemon(holder).stop()
                    }
                #expect(status == .exited(0))
                let isOver = Patience.wait(.seconds(5)) {
                    crowd.endings.resets == Self.crowd && Self.served(scene) <= 6
                }
                #expect(isOver, "\(crowd.endings), \(Self.served(scene)) left at the servers")
                if leave != .stop { try Self.expectKnown(0, of: holder, in: scene) }
                #expect(try scene.pairStatus(1 - holder).ledger?.lastChallenge == nil)
            }
        }
    }
}
