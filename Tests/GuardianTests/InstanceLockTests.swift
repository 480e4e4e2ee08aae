import Glibc
import Guardian
import Lab
import LinuxIO
import Testing

@Suite struct InstanceLockTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("lock") }

    private var lockPath: String { directory.path + "/lock" }

    /// The refusal of another taker, or `nil` if it got the lock and gave it back.
    private func refusal(in path: String) -> InstanceLock.Failure? {
        do {
            _ = try InstanceLock(directory: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a second one is refused and told who has it`() throws {
        let lock = try InstanceLock(directory: directory.path)
        let failure = try #require(refusal(in: directory.path))
        #expect(failure == .held(pid: getpid(), path: lockPath))
        #expect(
            failure.description == """
                ha-balancer already runs on this node (pid \(getpid()), lock \(lockPath)). \
                Stop it first, or change it with `ha-balancer reload`.
                """
        )
        #expect(lock.descriptor.raw >= 0)
    }

    @Test func `whoever lets go of it makes room for the next`() throws {
        do { _ = try InstanceLock(directory: directory.path) }
        #expect(refusal(in: directory.path) == nil)
    }

    @Test func `a file that somebody left there is not a lock`() throws {
        try TextFile.write("4711 and what else an earlier version wrote", to: lockPath)
        let lock = try InstanceLock(directory: directory.path)
        #expect(try TextFile.read(lockPath) == "\(getpid())")
        #expect(lock.descriptor.raw >= 0)
    }

    @Test func `a lock whose file tells nothing is still one`() throws {
        let lock = try InstanceLock(directory: directory.path)
        try TextFile.write("", to: lockPath)
        #expect(refusal(in: directory.path) == .held(pid: nil, path: lockPath))
        #expect(lock.descriptor.raw >= 0)
    }

    @Test func `a child that inherited it keeps it after the parent let go`() throws {
        var lock: InstanceLock? = try InstanceLock(directory: directory.path)
        let raw = lock?.descriptor.raw
        let child = try ChildProcess.spawn("sleep", ["60"], descriptors: [5: try #require(raw)])
        defer {
            child.kill(SIGKILL)
            child.wait()
        }
        lock = nil
        #expect(refusal(in: directory.path) == .held(pid: getpid(), path: lockPath))
        child.kill(SIGKILL)
        child.wait()
        #expect(refusal(in: directory.path) == nil)
    }

    @Test func `the directory is made where it is missing`() throws {
        let deep = directory.path + "/var/lib/ha-balancer"
        #expect(refusal(in: deep) == nil)
        #expect(try TextFile.read(deep + "/lock") == "\(getpid())")
    }

    @Test func `a directory that cannot be made is an error with its path`() throws {
        try TextFile.write("", to: directory.path + "/file")
        let failure = try #require(refusal(in: directory.path + "/file/state"))
        #expect(failure.description.contains(directory.path + "/file"))
    }
}
