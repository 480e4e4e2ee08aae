import Glibc
import Guardian
import Lab
import LinuxIO
import Primitives
import Synchronization
import Testing

/// A guardian on a thread of its own, with a shell script in the daemon's place.
///
/// The script has the daemon's descriptors: 3 is the line to the guardian, 4 the page of the will,
/// 5 the lock. Whatever a test does, `deinit` ends guardian and script.
final class GuardedScript {
    /// What the thread shares with the test.
    private final class Shared: Sendable {
        let log = Mutex<[String]>([])
        let thread = Mutex<pthread_t?>(nil)
        let status = Mutex<Int32?>(nil)
    }

    let directory: TemporaryDirectory
    private let shared = Shared()
    private let thread: Mutex<Thread?>

    /// - Parameters:
    ///   - script: for `sh`; `$1` is a directory of its own.
    ///   - host: where guardian and script live; `nil` for the machine's own network.
    ///   - pause: after a first death
    init(
        _ script: String,
        on host: LabHost? = nil,
        pause: Duration = .milliseconds(100)
    ) throws {
        directory = try TemporaryDirectory("guardian")
        let path = directory.path
        let run: @Sendable () -> Void = { [shared] in
            shared.thread.withLock { $0 = pthread_self() }
            let status = Self.run(script, path, pause) { line in
                shared.log.withLock { $0.append(line) }
            }
            shared.status.withLock { $0 = status }
        }
        thread = Mutex(
            try host?.startThread(name: "guardian", run)
                ?? Thread.start(name: "guardian", run)
        )
    }

    private static func run(
        _ script: String,
        _ path: String,
        _ pause: Duration,
        log: @escaping (String) -> Void
    ) -> Int32 {
        do {
            let guardian = try Guardian(
                program: "sh",
                arguments: ["-c", script, "daemon", path],
                lock: try InstanceLock(directory: path),
                policy: RestartPolicy(shortest: pause),
                log: log
            )
            return guardian.run()
        } catch {
            log("\(error)")
            return -1
        }
    }

    deinit {
        // Until it ends: the script may have been between two lives.
        while status == nil {
            signal(SIGTERM)
            // The group: what the script has started goes with it.
            for pid in scriptPIDs { _ = kill(-pid, SIGKILL) }
            Patience.pause(.milliseconds(10))
        }
        thread.withLock { $0.take() }?.join()
    }

    /// What the guardian would leave its process with; `nil` while it runs.
    var status: Int32? { shared.status.withLock { $0 } }
    var log: [String] { shared.log.withLock { $0 } }

    /// To the guardian's thread alone, which is a process of its own in real life.
    func signal(_ number: Int32) {
        // The handle stays good until the thread is joined.
        if let handle = shared.thread.withLock({ $0 }) { _ = pthread_kill(handle, number) }
    }

    /// The exit status once the guardian has ended.
    func end(within limit: Duration = .seconds(8)) throws -> Int32 {
        _ = Patience.wait(limit) { status != nil }
        return try #require(status, "still running: \(log)")
    }

    func contains(_ file: String) -> Bool {
        unsafe access(directory.path + "/" + file, F_OK) == 0
    }

    func text(of file: String) -> String {
        (try? TextFile.read(directory.path + "/" + file)) ?? ""
    }

    /// Waits until the script has written `file`.
    func wait(for file: String) throws {
        try #require(Patience.wait(.seconds(8)) { contains(file) }, "no \(file): \(log)")
    }

    /// Of the script that lives now, if it notes its pid in the file `pid`.
    private var scriptPIDs: [Int32] {
        text(of: "pid").split(separator: "\n").suffix(1).compactMap { Int32($0) }
    }
}
