import CLinux
import Glibc
import LinuxIO
import Testing

@Suite struct ChildProcessTests {
    @Test(arguments: [0, 1, 77, 255])
    func `an exit status comes back as it was given`(status: Int32) throws {
        let child = try ChildProcess.spawn("sh", ["-c", "exit \(status)"])
        #expect(child.wait() == .exited(status))
        #expect(child.tryWait() == .exited(status))
    }

    @Test func `a killed child reports the signal`() throws {
        let child = try ChildProcess.spawn("sleep", ["60"])
        #expect(child.tryWait() == nil)
        child.kill(SIGKILL)
        #expect(child.wait() == .signaled(SIGKILL))
        child.kill(SIGKILL)
    }

    @Test func `waiting with a time-out gives up while the child lives`() throws {
        let child = try ChildProcess.spawn("sleep", ["60"])
        #expect(child.wait(timeout: .milliseconds(20)) == nil)
        child.kill(SIGTERM)
        #expect(child.wait(timeout: .seconds(10)) == .signaled(SIGTERM))
    }

    @Test func `a group is killed with the children of the child`() throws {
        let output = try TestPipe()
        let child = try ChildProcess.spawn(
            "sh",
            ["-c", "sleep 60 & echo started; wait"],
            descriptors: [1: output.writeEnd],
            newProcessGroup: true
        )
        output.closeWriteEnd()
        #expect(output.line() == "started\n")
        child.killGroup(SIGKILL)
        #expect(child.wait() == .signaled(SIGKILL))
        // The pipe ends only when the last holder of its writing end is gone.
        #expect(output.line().isEmpty)
    }

    @Test func `descriptors arrive under the numbers asked for even when they cross`() throws {
        let first = try TestPipe()
        let second = try TestPipe()
        let child = try ChildProcess.spawn(
            "sh",
            ["-c", "echo one >/dev/fd/\(second.writeEnd); echo two >/dev/fd/\(first.writeEnd)"],
            descriptors: [second.writeEnd: first.writeEnd, first.writeEnd: second.writeEnd]
        )
        #expect(child.wait().isSuccess)
        #expect(first.line() == "one\n")
        #expect(second.line() == "two\n")
    }

    /// The stray one lies once above the highest number in use, once in a gap below it.
    @Test(arguments: [3, 900] as [Int32])
    func `a child has no descriptor that it was not given`(highest: Int32) throws {
        let output = try TestPipe()
        let stray = hb_duplicate_above(output.writeEnd, 500)
        defer { close(stray) }
        try #require(stray > 500 && stray < 900 && hb_set_cloexec(stray, 0) == 0)
        let script = "test -e /dev/fd/\(highest) && test ! -e /dev/fd/\(stray) && echo only mine"
        let child = try ChildProcess.spawn(
            "sh",
            ["-c", script],
            descriptors: [1: output.writeEnd, highest: output.writeEnd]
        )
        #expect(child.wait().isSuccess)
        #expect(output.line() == "only mine\n")
    }

    @Test func `blocked and ignored signals are reset in the child`() throws {
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let child = try ChildProcess.spawn("sleep", ["60"])
        child.kill(SIGTERM)
        #expect(child.wait(timeout: .seconds(10)) == .signaled(SIGTERM))
    }

    @Test func `environment variables are added and replaced`() throws {
        let output = try TestPipe()
        let child = try ChildProcess.spawn(
            "sh",
            ["-c", "echo $HB_MARK $HOME ${PATH:+kept}"],
            environment: ["HB_MARK": "a b", "HOME": "/nowhere"],
            descriptors: [1: output.writeEnd]
        )
        #expect(child.wait().isSuccess)
        #expect(output.line() == "a b /nowhere kept\n")
    }

    @Test func `a program that does not exist is an error with its name`() {
        let error = #expect(throws: SystemError.self) {
            try ChildProcess.spawn("/nonexistent/program")
        }
        #expect(error?.description == "posix_spawn /nonexistent/program: No such file or directory")
    }
}
