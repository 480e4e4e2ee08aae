import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// The demo as a guest on somebody's machine.
    @Suite struct DemoTests {
        private static let stages = [
            "six hosts in network namespaces", "standby: hears", "kill -9",
        ]

        @Test func `the demo goes to its end`() throws {
            let result = try Command.run(BinaryLocator.path, ["demo"])
            #expect(result.status == .exited(0), "\(result.standardOutput)\(result.standardError)")
            #expect(result.standardOutput.contains("no single point of failure"))
        }

        @Test(arguments: stages, [SIGINT, SIGTERM, SIGHUP])
        func `an interrupted demo leaves no namespace, process or file`(
            stage: String,
            signal: Int32
        ) throws {
            let log = try TemporaryDirectory("demo")
            let path = log.path + "/out"
            let file = OwnedDescriptor(
                adopting: try SystemCall.run("open", path) {
                    unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                }
            )
            let demo = try ChildProcess.spawn(
                BinaryLocator.path,
                ["demo"],
                descriptors: [1: file.raw, 2: file.raw]
            )
            let isThere = try Patience.wait(.seconds(15)) {
                try TextFile.read(path).contains(stage)
            }
            #expect(isThere)
            let player = try #require(Self.child(of: demo.pid))
            demo.kill(signal)
            #expect(demo.wait(timeout: .seconds(15)) == .exited(1))
            #expect(try TextFile.read(path).contains("what it had made is removed"))
            for directory in ["/run/netns", "/etc/netns", "/tmp"] {
                let left = try Command.run("ls", [directory]).standardOutput
                #expect(!left.contains("hb\(player)-"), "\(directory): \(left)")
            }
            let processes = try Command.check("ps", ["-eo", "args"])
            #expect(!processes.contains("/tmp/hb\(player)-"))
        }

        private static func child(of pid: Int32) -> Int32? {
            let children = try? TextFile.read("/proc/\(pid)/task/\(pid)/children")
            return children?.split(separator: " ").first.flatMap { Int32($0) }
        }
    }
}
