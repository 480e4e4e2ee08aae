import Daemon
import Lab
import LinuxIO
import Synchronization
import Testing

@Suite struct StateStoreTests {
    /// What the store's thread tells, kept for the test.
    private final class Told: Sendable {
        let written = Mutex<[String]>([])
        let failed = Mutex<[Int32]>([])
    }

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("store") }

    /// Has a store carry these jobs out, to the end.
    private func carryOut(_ jobs: [StateStore.Job], in path: String) throws -> Told {
        let told = Told()
        let store = try StateStore(directory: path)
        let thread = try store.start(
            written: { job in told.written.withLock { $0.append("\(job)") } },
            failed: { error in told.failed.withLock { $0.append(error.errno) } }
        )
        for job in jobs { store.give(job) }
        store.give(.end)
        thread.join()
        return told
    }

    @Test func `what was stored is there in the next life`() throws {
        let told = try carryOut([.epoch(16), .maintenance(true), .epoch(32)], in: directory.path)
        #expect(told.written.withLock { $0 } == ["epoch(16)", "maintenance(true)", "epoch(32)"])
        let next = try StateStore(directory: directory.path)
        #expect(next.reservedEpoch() == 32)
        #expect(next.isInMaintenance())
        _ = try carryOut([.maintenance(false), .maintenance(false)], in: directory.path)
        #expect(!next.isInMaintenance())
        #expect(next.reservedEpoch() == 32)
    }

    @Test func `nothing stored is epoch 0 and no maintenance`() throws {
        let store = try StateStore(directory: directory.path + "/missing")
        #expect(store.reservedEpoch() == 0)
        #expect(!store.isInMaintenance())
    }

    @Test(arguments: ["", "-1", "many", "18446744073709551616", "\u{0}"])
    func `an epoch that makes no sense counts as none`(text: String) throws {
        try TextFile.write(text, to: directory.path + "/epoch")
        #expect(try StateStore(directory: directory.path).reservedEpoch() == 0)
    }

    @Test func `what cannot be written is told, and the next job is tried`() throws {
        let missing = directory.path + "/missing"
        let told = try carryOut([.epoch(16), .maintenance(true)], in: missing)
        #expect(told.written.withLock { $0 } == [])
        #expect(told.failed.withLock { $0 }.count == 2)
    }
}
