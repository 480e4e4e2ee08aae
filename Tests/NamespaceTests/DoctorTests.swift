import ControlPlane
import Diagnosis
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// `doctor` on real nodes, with and without their daemons.
    @Suite struct DoctorTests {
        @Test func `with both daemons running nothing fails, on either node`() throws {
            try Scene.playComplete { scene, _ in
                for node in 0...1 {
                    let (status, diagnosis) = try Self.examine(scene, node)
                    #expect(diagnosis.findings.filter { $0.verdict == .failure } == [])
                    #expect(status == .exited(0))
                    #expect(diagnosis.daemon == "running")
                    #expect(Self.verdicts(diagnosis, .rail) == [.fine])
                    #expect(Self.verdicts(diagnosis, .key) == [.fine])
                    #expect(Self.verdicts(diagnosis, .configurationHash) != [.unknown])
                    #expect(Self.verdicts(diagnosis, .listener) == [.fine])
                    #expect(Self.verdicts(diagnosis, .fence) == [.fine])
                    #expect(Self.verdicts(diagnosis, .realTime) == [.fine])
                }
            }
        }

        @Test func `before both go live the two doctors hear each other`() throws {
            try Scene.play { scene in
                let file = try TemporaryDirectory("doctor")
                let raw = try SystemCall.run("open", file.path) {
                    unsafe open(file.path + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                }
                let output = OwnedDescriptor(adopting: raw)
                let other = try scene.daemon(1).host.spawn(
                    scene.daemon(1).binary,
                    Self.words(scene, 1, seconds: 4),
                    descriptors: [1: output.raw]
                )
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(0), "\(diagnosis.text(colour: false))")
                #expect(diagnosis.daemon == "absent")
                #expect(Self.verdicts(diagnosis, .rail) == [.fine])
                #expect(Self.verdicts(diagnosis, .virtualIP) == [.fine])
                #expect(Self.verdicts(diagnosis, .fence) == [.fine])
                #expect(Self.verdicts(diagnosis, .checkUser).first == .fine)
                #expect(other.wait(timeout: .seconds(15)) == .exited(0))
            }
        }

        @Test func `beside a running peer it finds the virtual IP there, and moves nothing`() throws
        {
            try Scene.play { scene in
                try Self.startAlone(scene, 1)
                let epoch = try scene.pairStatus(1).epoch
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(0), "\(diagnosis.text(colour: false))")
                #expect(Self.verdicts(diagnosis, .rail) == [.fine])
                let held = diagnosis.findings.filter { $0.topic == .virtualIP }
                #expect(held.contains { $0.text.contains("is on haproxy-node02") })
                #expect(try scene.pair.holders() == [1])
                #expect(try scene.pairStatus(1).epoch == epoch)
            }
        }

        @Test func `another key is found out`() throws {
            var options = LabPair.Options()
            options.keys = ["one key for the first node", "another for the second"]
            try Scene.play(options) { scene in
                try Self.startAlone(scene, 1)
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(1))
                #expect(Self.verdicts(diagnosis, .key) == [.failure])
                #expect(Self.verdicts(diagnosis, .rail) == [.failure])
            }
        }

        @Test func `a direction that is blocked is told from a dead node`() throws {
            try Scene.play { scene in
                try Self.startAlone(scene, 1)
                let hosts = (0...1).map { scene.daemon($0).host }
                try scene.network.blockUDP(port: 694, from: hosts[0], to: hosts[1])
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(1))
                let rail = diagnosis.findings.first { $0.topic == .rail }
                #expect(rail?.text.contains("one direction only") == true)

                try scene.network.unblockAll()
                try scene.network.blockUDP(port: 694, from: hosts[1], to: hosts[0])
                let (other, deaf) = try Self.examine(scene, 0)
                #expect(other == .exited(1))
                #expect(Self.verdicts(deaf, .rail) == [.failure])

                #expect(try scene.daemon(1).stop() == .exited(0))
                try scene.network.unblockAll()
                let (last, refused) = try Self.examine(scene, 0)
                #expect(last == .exited(0))
                #expect(Self.verdicts(refused, .rail) == [.warning])
            }
        }

        @Test func `a stranger with the virtual IP, and a left-over of it, are failures`() throws {
            try Scene.play { scene in
                try scene.client.addAddress(HostPlan.virtualAddress)
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(1))
                let finding = diagnosis.findings.first {
                    $0.topic == .virtualIP && $0.verdict == .failure
                }
                let mac = "\(scene.client.plan.hardwareAddress)"
                #expect(finding?.text.contains(mac) == true, "\(diagnosis.text(colour: false))")
                try scene.client.removeAddress(HostPlan.virtualAddress)

                try scene.daemon(0).host.addAddress(HostPlan.virtualAddress)
                let (other, left) = try Self.examine(scene, 0)
                #expect(other == .exited(1))
                #expect(Self.verdicts(left, .virtualIP).contains(.failure))
            }
        }

        @Test func `kernel settings that disturb the virtual IP are warned of`() throws {
            try Scene.play { scene in
                let host = scene.daemon(0).host
                try host.setKernel("net/ipv4/conf/eth1/rp_filter", "1")
                try host.setKernel("net/ipv4/ip_forward", "1")
                try host.setKernel("net/ipv4/conf/all/arp_ignore", "0")
                for words in [
                    ["link", "add", "eth0", "type", "veth", "peer", "name", "cable"],
                    ["link", "set", "cable", "up"], ["link", "set", "eth0", "up"],
                    ["route", "add", "default", "dev", "eth0"],
                ] {
                    let result = try host.run("ip", words)
                    #expect(result.status.isSuccess, "\(result.standardError)")
                }
                let (_, diagnosis) = try Self.examine(scene, 0)
                let texts = diagnosis.findings.filter {
                    $0.topic == .sysctl && $0.verdict == .warning
                }.map(\.text)
                #expect(texts.contains { $0.contains("rp_filter is 1") })
                #expect(texts.contains { $0.contains("ip_forward is 1") })
                #expect(texts.contains { $0.contains("arp_ignore is 0") })
            }
        }

        @Test func `a taken port and a server that says no are failures`() throws {
            try Scene.play { scene in
                let other = try MySQLStandIn(on: scene.daemon(0).host)
                for database in scene.databases { database.behave(.tooManyConnections) }
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(1))
                #expect(Self.verdicts(diagnosis, .listener) == [.failure])
                let refused = diagnosis.findings.filter {
                    $0.topic == .checkUser && $0.verdict == .failure
                }
                #expect(refused.count == 3)
                #expect(refused.allSatisfy { $0.text.contains("error 1040") })
                other.stop()
            }
        }

        @Test func `the arbiter is asked, and a member that is down is told of`() throws {
            var options = LabPair.Options()
            let url = "http://\(HostPlan.client.address):2379"
            // Nobody has the second one.
            options.pairLines = ["arbiter etcd \(url),http://10.0.0.99"]
            try Scene.play(options) { scene in
                let server = try EtcdServer.alone(on: scene.client)
                defer { server.stop() }
                let texts = { (diagnosis: Diagnosis) in
                    diagnosis.findings.filter { $0.topic == .arbiter }.map(\.text)
                }
                let (_, empty) = try Self.examine(scene, 0)
                #expect(Self.verdicts(empty, .arbiter) == [.fine, .warning])
                let answers = try #require(texts(empty).first)
                #expect(answers.hasPrefix("etcd at \(url) answers within "))
                #expect(answers.hasSuffix(" ms; the pair has no key yet"))
                #expect(texts(empty)[1].hasPrefix("etcd at http://10.0.0.99:2379: "))

                let name = try #require(empty.pair)
                try server.control("put", "/ha-balancer/\(name)", "haproxy-node02 epoch 7 alone")
                let (_, written) = try Self.examine(scene, 0)
                #expect(texts(written)[0].hasSuffix("key says: haproxy-node02 epoch 7 alone"))
                try server.control("put", "/ha-balancer/\(name)", "for sale")
                let (_, foreign) = try Self.examine(scene, 0)
                #expect(Self.verdicts(foreign, .arbiter) == [.warning, .warning])

                server.stop()
                let (status, down) = try Self.examine(scene, 0)
                #expect(status == .exited(1))
                #expect(Self.verdicts(down, .arbiter) == [.failure, .failure])
                #expect(texts(down)[0] == "etcd at \(url): Connection refused")
            }
        }

        @Test func `a plain balancer tries its servers from the address that the kernel chooses`()
            throws
        {
            try Scene.play { scene in
                let daemon = scene.daemon(0)
                let pair = scene.pair.configuration(of: daemon)
                let lines = pair.split(separator: "\n", omittingEmptySubsequences: false)
                    .prefix { !$0.hasPrefix("pair ") }
                try daemon.configure(lines.joined(separator: "\n") + "\n")
                let (status, diagnosis) = try Self.examine(scene, 0)
                #expect(status == .exited(0), "\(diagnosis.text(colour: false))")
                #expect(diagnosis.pair == nil)
                let texts = { (topic: Finding.Topic) in
                    diagnosis.findings.filter { $0.topic == topic }.map(\.text)
                }
                #expect(texts(.daemon) == ["no daemon runs here"])
                let from = "from \(daemon.host.address), which the kernel chose"
                #expect(texts(.checkUser) == ["3 servers let haproxy in \(from)"])

                for database in scene.databases { database.behave(.tooManyConnections) }
                let (failed, refused) = try Self.examine(scene, 0)
                #expect(failed == .exited(1))
                #expect(
                    Self.verdicts(refused, .checkUser) == [.failure, .failure, .failure],
                    "\(refused.text(colour: false))"
                )
            }
        }

        @Test func `without rights it says which are missing, and with bad usage it ends with 2`()
            throws
        {
            try Scene.play { scene in
                let host = scene.daemon(0).host
                let words = ["--bounding-set=-bpf,-sys_nice", scene.daemon(0).binary]
                let result = try host.run("setpriv", words + Self.words(scene, 0, seconds: 1))
                let diagnosis = try JSONText.decode(Diagnosis.self, from: result.standardOutput)
                let missing = diagnosis.findings.filter { $0.topic == .capability }.map(\.text)
                #expect(missing.contains { $0.contains("CAP_BPF") })
                #expect(missing.contains { $0.contains("CAP_SYS_NICE") })
                #expect(Self.verdicts(diagnosis, .realTime) == [.warning])
                let usage = try host.run(scene.daemon(0).binary, ["doctor", "--listen", "0"])
                #expect(usage.status == .exited(2))
                let missingFile = try host.run(scene.daemon(0).binary, ["doctor", "-f", "/none"])
                #expect(missingFile.status == .exited(1))
            }
        }

        // MARK: the stage

        /// A node that goes live before the other: active after its boot hold.
        private static func startAlone(_ scene: Scene, _ node: Int) throws {
            try scene.daemon(node).start()
            try scene.daemon(node).waitUntilReady()
            try scene.wait(for: .active, on: node)
        }

        private static func words(_ scene: Scene, _ node: Int, seconds: Int) -> [String] {
            let daemon = scene.daemon(node)
            return [
                "doctor", "-f", daemon.configurationPath, "-L", daemon.host.name, "--json",
                "--listen", "\(seconds)",
            ]
        }

        private static func examine(_ scene: Scene, _ node: Int) throws -> (
            LinuxIO.ExitStatus, Diagnosis
        ) {
            let daemon = scene.daemon(node)
            let result = try daemon.host.run(daemon.binary, words(scene, node, seconds: 1))
            guard !result.standardOutput.isEmpty else {
                throw LabError("doctor: \(result.status): \(result.standardError)")
            }
            return (result.status, try JSONText.decode(Diagnosis.self, from: result.standardOutput))
        }

        private static func verdicts(
            _ diagnosis: Diagnosis,
            _ topic: Finding.Topic
        ) -> [Finding.Verdict] {
            diagnosis.findings.filter { $0.topic == topic }.map(\.verdict)
        }
    }
}
