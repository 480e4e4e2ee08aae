import Daemon
import Glibc
import Lab
import LinuxIO
import Primitives
import Synchronization
import Testing

/// The `on-change` program: real scripts, called as the daemon calls them.
@Suite struct ChangeHookTests {
    private let directory: TemporaryDirectory
    private let warnings = Warnings()

    init() throws { directory = try TemporaryDirectory("hook") }

    private final class Warnings: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    private var trace: String { (try? TextFile.read(directory.path + "/trace")) ?? "" }

    private func program(_ body: String, timeout: Duration = .seconds(5)) throws
        -> ChangeHook
        .Program
    {
        let path = directory.path + "/hook"
        try TextFile.write("#!/bin/sh\ncd '\(directory.path)'\n" + body + "\n", to: path)
        try SystemCall.run("chmod") { unsafe chmod(path, 0o755) }
        return ChangeHook.Program(path: path, timeout: timeout)
    }

    private func call(_ role: String, _ epoch: UInt64) -> ChangeHook.Call {
        ChangeHook.Call(node: "node01", role: role, epoch: epoch, reason: "why it \"is\" so")
    }

    private func started() throws -> ChangeHook {
        let hook = try ChangeHook { [warnings] in warnings.add($0) }
        try hook.start()
        return hook
    }

    @Test func `calls are made in their order, with four arguments and the same as variables`()
        throws
    {
        let hook = try started()
        let program = try program(
            """
            sleep 0.0$(( $3 % 3 ))
            echo "$1 $2 $3 $4" >> trace
            echo "$HA_BALANCER_NODE $HA_BALANCER_ROLE $HA_BALANCER_EPOCH $HA_BALANCER_REASON" >> trace
            """
        )
        for epoch in 1...20 as ClosedRange<UInt64> {
            hook.call(program, call(epoch % 2 == 0 ? "standby" : "active", epoch))
        }
        hook.end()
        let expected = (1...20).map { epoch in
            "node01 \(epoch % 2 == 0 ? "standby" : "active") \(epoch) why it \"is\" so\n"
        }
        #expect(trace == expected.map { $0 + $0 }.joined())
        #expect(warnings.all == [])
    }

    @Test func `one that is not done in time is killed with its children, and the next is made`()
        throws
    {
        let hook = try started()
        let slow = try program("[ $3 -ne 1 ] || sleep 60\necho $3 >> trace", timeout: .seconds(1))
        let start = Instant.now
        hook.call(slow, call("active", 1))
        hook.call(slow, call("standby", 2))
        #expect(Instant.now - start < .milliseconds(100), "who calls does not wait")
        #expect(Patience.wait(.seconds(10)) { trace == "2\n" }, "\(trace)")
        hook.end()
        #expect(
            warnings.all == [
                "on-change: \(slow.path) was killed: not done after 1000 ms (active, epoch 1)"
            ]
        )
    }

    @Test func `one that fails, and one that is not there, are warnings`() throws {
        let hook = try started()
        let failing = try program("exit 3")
        hook.call(failing, call("fault", 7))
        let missing = ChangeHook.Program(path: directory.path + "/none", timeout: .seconds(1))
        hook.call(missing, call("active", 8))
        hook.end()
        #expect(
            warnings.all == [
                "on-change: \(failing.path) exit status 3 (fault, epoch 7)",
                "on-change: \(missing.path) cannot be started: No such file or directory",
            ]
        )
    }

    @Test func `beyond the limit calls are lost, and that is said`() throws {
        let hook = try started()
        let slow = try program("sleep 0.01")
        for epoch in 0..<300 as Range<UInt64> { hook.call(slow, call("active", epoch)) }
        #expect(warnings.all.count >= 10)
        #expect(warnings.all.allSatisfy { $0.contains("64 calls wait for") }, "\(warnings.all)")
        hook.end()
    }
}
