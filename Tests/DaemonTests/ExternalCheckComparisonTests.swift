import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// `option external-check` beside Debian's HAProxy: the same programs, the same findings.
extension BalancerSuites {
    @Suite struct ExternalCheckComparisonTests {
        /// A directory where programs may write that are run as nobody.
        private func open(_ directory: TemporaryDirectory) throws {
            try SystemCall.run("chmod") { unsafe chmod(directory.path, 0o777) }
        }

        private func program(_ text: String, in directory: TemporaryDirectory) throws -> String {
            let path = directory.path + "/check"
            try TextFile.write("#!/bin/sh\n" + text, to: path)
            try SystemCall.run("chmod") { unsafe chmod(path, 0o755) }
            return path
        }

        private func backend(_ name: String, _ command: String, _ more: String...) -> [String] {
            ["backend \(name)", "    external-check command \(command)"]
                + more.map { "    " + $0 }
                + ["    server s 127.0.0.1:9 check inter 300ms rise 1 fall 1 maxconn 7"]
        }

        private static let global = ["external-check", "insecure-fork-wanted"]

        @Test func `every end of a program is judged as HAProxy judges it`() throws {
            let directory = try TemporaryDirectory("external")
            try open(directory)
            let command = try program(
                """
                case $HAPROXY_PROXY_NAME in
                well) exit 0 ;;
                ill) exit 3 ;;
                hangs) exec /bin/sleep 30 ;;
                esac
                """,
                in: directory
            )
            let both = try SideBySide(
                ["option external-check", "external-check command \(command)"],
                more: ["backend well", "    option external-check"]
                    + backend("well", command).dropFirst()
                    + ["backend ill", "    option external-check"]
                    + backend("ill", command).dropFirst()
                    + ["backend hangs", "    option external-check", "    timeout check 200ms"]
                    + backend("hangs", command).dropFirst(),
                global: Self.global
            )
            let (ours, theirs) = try both.findings(of: ["well", "ill", "hangs"])
            #expect(ours[0] == ["UP", "PROCOK", "0", ""] && ours[0] == theirs[0])
            #expect(ours[1] == ["DOWN", "PROCERR", "3", ""] && ours[1] == theirs[1])
            // HAProxy shows the code of the check before.
            #expect(ours[2][0...1] == ["DOWN", "PROCTOUT"] && ours[2][0...1] == theirs[2][0...1])
        }

        @Test func `a program is told what HAProxy tells it`() throws {
            let directory = try TemporaryDirectory("external")
            try open(directory)
            func command(_ whose: String) throws -> String {
                let path = directory.path + "/" + whose
                try TextFile.write(
                    """
                    #!/bin/sh
                    { echo "$0 $*"; /usr/bin/env | /usr/bin/sort; } > \
                        \(directory.path)/$HAPROXY_PROXY_NAME-$HAPROXY_SERVER_NAME-\(whose).new
                    /bin/mv \(directory.path)/$HAPROXY_PROXY_NAME-$HAPROXY_SERVER_NAME-\(whose).new \
                        \(directory.path)/$HAPROXY_PROXY_NAME-$HAPROXY_SERVER_NAME-\(whose).told
                    """,
                    to: path
                )
                try SystemCall.run("chmod") { unsafe chmod(path, 0o755) }
                return path
            }
            func sections(_ whose: String, _ front: Endpoint) throws -> [String] {
                [
                    "defaults", "    timeout connect 2s", "    timeout client 8h",
                    "    timeout server 8h", "    option external-check",
                    "    external-check path /bin:/sbin",
                    "    external-check command \(try command(whose))", "listen db",
                    "    bind \(front)",
                    "    server s1 127.0.0.1:9 check inter 300ms port 99 addr 127.0.0.3 maxconn 7",
                    "    server s2 [::1]:10 check inter 300ms", "backend b",
                    "    server x 127.0.0.1:11 check inter 300ms",
                ]
            }
            let balancer = try Balancer()
            try TextFile.write(
                (["global", "    external-check", "    state-dir \(balancer.directory.path)/state"]
                    + ["    stats socket \(balancer.socketPath) mode 600 level admin"]
                    + sections("ours", balancer.front)).joined(separator: "\n") + "\n",
                to: balancer.configurationPath
            )
            try balancer.start()
            let front = try Balancer().front
            let haproxy = try HAProxy(try sections("theirs", front), global: Self.global)
            for name in ["db-s1", "db-s2", "b-x"] {
                func told(_ whose: String, _ front: Endpoint) -> [String] {
                    let text = try? TextFile.read("\(directory.path)/\(name)-\(whose).told")
                    // What the shell adds, and the places of each.
                    let own = ["PWD=", "OLDPWD=", "_=", "SHLVL="]
                    return (text ?? "").split(separator: "\n").filter { line in
                        !own.contains { line.hasPrefix($0) }
                    }.map { line in
                        String(line).replacing("\(front.port)", with: "PORT")
                            .replacing("\(directory.path)/\(whose)", with: "PROGRAM")
                    }
                }
                #expect(
                    Patience.wait(.seconds(5)) {
                        !told("ours", front).isEmpty && !told("theirs", front).isEmpty
                    }
                )
                #expect(told("ours", balancer.front) == told("theirs", front), "\(name)")
            }
            _ = try haproxy.ask("show", "version")
        }

        @Test func `what is hung is killed with what it began, also when its server goes`() throws {
            let directory = try TemporaryDirectory("external")
            try open(directory)
            let command = try program(
                "echo $$ > \(directory.path)/pid.new; mv \(directory.path)/pid.new"
                    + " \(directory.path)/pid; sleep 60; exit 0\n",
                in: directory
            )
            let balancer = try Balancer()
            let section = [
                "backend b", "    option external-check", "    external-check command \(command)",
                "    timeout check 1h", "    server s1 127.0.0.1:9 check inter 1h",
            ]
            try balancer.configure(
                "server s 127.0.0.1:9",
                global: ["external-check"],
                more: section
            )
            try balancer.start()
            func group() -> Int32? {
                (try? TextFile.read(directory.path + "/pid")).flatMap {
                    Int32($0.split(separator: "\n").first ?? "")
                }
            }
            #expect(Patience.wait(.seconds(5)) { group() != nil })
            let leader = try #require(group())
            #expect(kill(-leader, 0) == 0 || errno == EPERM)
            try balancer.configure(
                "server s 127.0.0.1:9",
                global: ["external-check"],
                more: section.dropLast() + ["    server s2 127.0.0.1:9"]
            )
            #expect(try balancer.command("reload").status == .exited(0))
            #expect(Patience.wait(.seconds(5)) { kill(-leader, 0) != 0 && errno == ESRCH })
        }

        @Test func `a program that cannot be run is a failed check that says why`() throws {
            let balancer = try Balancer()
            try balancer.configure(
                "option external-check",
                "external-check command /nonexistent/check",
                "server s1 127.0.0.1:9 check inter 300ms",
                global: ["external-check"]
            )
            try balancer.start()
            #expect(
                try Patience.wait(.seconds(5)) {
                    try balancer.stat("s1", "last_chk")
                        == "/nonexistent/check cannot be run: No such file or directory"
                }
            )
            #expect(try balancer.stat("s1", "check_code") == "255")
            #expect(try balancer.stat("s1", "status") == "DOWN")
        }
    }
}
