import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// A running node takes another configuration over, or says why not.
    @Suite struct ReloadTests {
        @Test func `weights and servers change by command and by signal, sessions go on`() throws {
            try Scene.playComplete { scene, holder in
                let daemon = scene.daemon(holder)
                let sessions = try SessionHolder(6, from: scene.client, to: scene.service)
                #expect(sessions.waitUntilOpen(timeout: .seconds(5)))

                let text = scene.pair.configuration(of: daemon)
                let heavier = text.replacing("inter 500 weight 1\n", with: "inter 500 weight 7\n")
                try daemon.configure(heavier)
                let result = try daemon.command("reload")
                #expect(result.status == .exited(0), "\(result.standardError)")
                #expect(try scene.status(holder).servers.map(\.weight) == [7, 7, 7])
                let alarm =
                    "\(daemon.host.name) runs another configuration: compare the files and reload"
                let isNoticed = try Patience.wait(.seconds(2)) {
                    try scene.status(1 - holder).alarms.contains(alarm)
                }
                #expect(isNoticed)

                let further = "    server galera-node04 10.0.0.50:3306 check inter 500\n"
                try daemon.configure(
                    heavier.replacing("pair galera-vip\n", with: further + "pair galera-vip\n")
                )
                try daemon.signalGuardian(SIGHUP)
                let isThere = try Patience.wait(.seconds(3)) {
                    try scene.status(holder).servers.map(\.name).contains("galera-node04")
                }
                #expect(isThere)
                // Nobody listens there: it joins and gets no session.
                let isDown = try Patience.wait(.seconds(5)) {
                    try scene.status(holder).servers.last?.status.hasPrefix("DOWN") == true
                }
                #expect(isDown)
                #expect(sessions.stop().allSatisfy { $0.loss == nil })
                try scene.expectHolder(holder)
            }
        }

        @Test func `a broken file is refused with its place, and nothing changes`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let pid = daemon.daemonPID
                let before = try scene.status(holder)
                let text = scene.pair.configuration(of: daemon)
                try daemon.configure(
                    text.replacing("balance roundrobin", with: "balance roundrobbin")
                )
                let line = try #require(
                    text.split(separator: "\n").firstIndex { $0.contains("balance roundrobin") }
                )
                let place = "\(daemon.configurationPath):\(line + 1):13"

                let result = try daemon.command("reload")
                #expect(result.status == .exited(1))
                #expect(result.standardError.contains(place))
                #expect(result.standardError.contains("roundrobin"))
                let linesBefore = daemon.log.split(separator: "\n").count
                try daemon.signalGuardian(SIGHUP)
                let isLogged = Patience.wait(.seconds(3)) {
                    daemon.log.split(separator: "\n").dropFirst(linesBefore)
                        .contains { $0.contains("reload refused") }
                }
                #expect(isLogged)
                let after = try scene.status(holder)
                #expect(after.configuration.digest == before.configuration.digest)
                #expect(after.servers.map(\.name) == before.servers.map(\.name))
                #expect(daemon.daemonPID == pid)
                try scene.expectHolder(holder, epochRose: false)
            }
        }
    }
}
