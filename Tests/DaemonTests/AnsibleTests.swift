import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// Ansible's module `community.general.haproxy`, unchanged, at the stats socket.
extension BalancerSuites {
    @Suite struct AnsibleTests {
        private struct State: Decodable, Equatable {
            var status: String
            var weight: String
            var scur: String
        }

        private struct Answer: Decodable {
            var changed: Bool?
            var msg: String?
            var output: [String]?
            var before: [State]?
            var after: [State]?

            private enum CodingKeys: String, CodingKey {
                case changed, msg, output
                case before = "state_before"
                case after = "state_after"
            }
        }

        /// `ansible -m community.general.haproxy`, running.
        private struct Task {
            let process: ChildProcess
            let path: String

            /// What it said, and whether it was content.
            func end() throws -> (Answer, Bool) {
                let status = try #require(process.wait(timeout: .seconds(60)))
                let text = try TextFile.read(path)
                let begin = try #require(text.firstIndex(of: "{"), "\(text)")
                let answer = try JSONText.decode(Answer.self, from: String(text[begin...]))
                return (answer, status.isSuccess)
            }
        }

        private func begin(_ balancer: Balancer, _ words: [String]) throws -> Task {
            let directory = balancer.directory.path
            let path = directory + "/ansible"
            let raw = try SystemCall.run("open", path) {
                unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            }
            let file = OwnedDescriptor(adopting: raw)
            let arguments = (["socket=\(balancer.socketPath)", "wait_interval=1"] + words)
                .joined(separator: " ")
            let process = try ChildProcess.spawn(
                "ansible",
                [
                    "-i", "localhost,", "-c", "local", "localhost", "-m",
                    "community.general.haproxy", "-a", arguments,
                ],
                environment: [
                    "HOME": directory, "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1",
                    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
                    "ANSIBLE_LOCAL_TEMP": directory + "/local",
                    "ANSIBLE_REMOTE_TEMP": directory + "/remote",
                ],
                descriptors: [1: file.raw],
                newProcessGroup: true
            )
            return Task(process: process, path: path)
        }

        private func run(_ balancer: Balancer, _ words: String...) throws -> (Answer, Bool) {
            try begin(balancer, words).end()
        }

        /// Two databases behind it, both up.
        private func withServers(_ body: (Balancer) throws -> Void) throws {
            let servers = try ["one", "two"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let balancer = try Balancer()
            try balancer.configure(
                "server one \(servers[0].endpoint) check inter 200ms weight 100",
                "server two \(servers[1].endpoint) check inter 200ms weight 100 backup"
            )
            try balancer.start()
            let isSettled = try Patience.wait(.seconds(5)) {
                try ["one", "two"].allSatisfy { try balancer.stat($0, "status") == "UP" }
            }
            #expect(isSettled)
            try body(balancer)
        }

        @Test func `a server is drained until its last session, and disabled then`() throws {
            try withServers { balancer in
                var session: TestClient? = try TestClient(balancer.front)
                #expect(try session?.isServed() == true)
                let task = try begin(
                    balancer,
                    "state=disabled host=one backend=db wait=yes drain=yes shutdown_sessions=yes"
                        .split(separator: " ").map(String.init)
                )
                let isDrained = try Patience.wait(.seconds(20)) {
                    try balancer.stat("one", "status") == "DRAIN"
                }
                #expect(isDrained)
                // It waits.
                Patience.pause(.milliseconds(1500))
                #expect(try balancer.stat("one", "status") == "DRAIN")
                #expect(session?.isSilent() == true)
                session = nil
                let (answer, isDone) = try task.end()
                #expect(isDone && answer.changed == true, "\(answer.msg ?? "")")
                #expect(answer.before?.map(\.status) == ["UP"])
                #expect(answer.after == [State(status: "MAINT", weight: "100", scur: "0")])

                let (enabled, isEnabled) = try run(
                    balancer,
                    "state=enabled",
                    "host=one",
                    "backend=db",
                    "wait=yes"
                )
                #expect(isEnabled && enabled.after?.map(\.status) == ["UP"])
                #expect(enabled.output == ["100 (initial 100)"])
            }
        }

        @Test func `a server is disabled with its sessions, checks and agent, and comes back`()
            throws
        {
            try withServers { balancer in
                let session = try TestClient(balancer.front)
                #expect(try session.isServed())
                let (answer, isDone) = try run(
                    balancer,
                    "state=disabled",
                    "host=one",
                    "shutdown_sessions=yes",
                    "wait=yes",
                    "health=yes",
                    "agent=yes"
                )
                // No backend was named: it is found.
                #expect(isDone && answer.after?.map(\.status) == ["MAINT"])
                #expect(!session.isSilent(for: .seconds(1)))
                let (enabled, isEnabled) = try run(
                    balancer,
                    "state=enabled",
                    "host=one",
                    "wait=yes",
                    "health=yes",
                    "agent=yes"
                )
                #expect(isEnabled && enabled.after?.map(\.status) == ["UP"])
                let text = enabled.output?.first ?? ""
                #expect(text.contains("Agent was not configured on this server, cannot enable."))
            }
        }

        @Test(arguments: [("50", "50"), ("50%", "50"), ("10%", "10"), ("256", "256")])
        func `a weight is set as a number or a share`(word: String, weight: String) throws {
            try withServers { balancer in
                let (answer, isDone) = try run(
                    balancer,
                    "state=enabled",
                    "host=two",
                    "backend=db",
                    "weight=\(word)"
                )
                #expect(isDone && answer.after?.map(\.weight) == [weight])
                #expect(answer.changed == true)
            }
        }

        @Test func `drain is understood, and done before the module goes on`() throws {
            try withServers { balancer in
                let (answer, isDone) = try run(
                    balancer,
                    "state=drain",
                    "host=one",
                    "backend=db",
                    "wait=yes"
                )
                #expect(isDone && answer.after?.map(\.status) == ["DRAIN"])
                let (again, isDoneAgain) = try run(
                    balancer,
                    "state=drain",
                    "host=one",
                    "backend=db",
                    "wait=yes"
                )
                #expect(isDoneAgain && again.changed == false)
            }
        }

        @Test func `what is not there is told where that is asked for`() throws {
            try withServers { balancer in
                for place in ["host=nobody", "host=one backend=nowhere"] {
                    let words = place.split(separator: " ").map(String.init)
                    let strict = ["state=disabled", "fail_on_not_found=yes"] + words
                    let (failure, isDone) = try begin(balancer, strict).end()
                    #expect(!isDone && failure.msg?.hasSuffix("was not found!") == true)
                    let (answer, isContent) = try begin(balancer, ["state=disabled"] + words).end()
                    #expect(isContent && answer.changed == false)
                }
                #expect(try balancer.stat("one", "status") == "UP")
            }
        }
    }
}
