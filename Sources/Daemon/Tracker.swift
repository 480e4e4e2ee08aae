package import Configuration
internal import Glibc
package import LinuxIO
package import PairControl
internal import Primitives
internal import Synchronization

/// Tries what the pair section tracks, each in its own pace, on a thread of its own: a script that
/// hangs delays no other, and nothing else.
package final class Tracker: Sendable {
    private enum Job: Sendable {
        case follow([TrackSettings])
        case end
    }

    private let jobs: Mailbox<Job>
    private let published = Mutex<[NodeReadiness.Fact]>([])
    private let thread = Mutex<Thread?>(nil)

    package init() throws(SystemError) { jobs = try Mailbox(capacity: 16) }

    /// What is known of each now. Any thread.
    package var tracks: [NodeReadiness.Fact] { published.withLock { $0 } }

    package func start() throws(SystemError) {
        try thread.withLock { thread throws(SystemError) in
            thread = try Thread.start(name: "track") { [self] in run() }
        }
    }

    /// From now on these; what was tracked before and is the same goes on. The kernel itself tells
    /// of interfaces.
    package func follow(_ settings: [TrackSettings]) {
        let paced = settings.filter { track in
            if case .interface = track.subject { false } else { true }
        }
        // Full only while the thread is gone.
        jobs.put(.follow(paced))
    }

    package func end() {
        guard let running = thread.withLock({ $0.take() }) else { return }
        jobs.putWhenFree(.end)
        running.join()
    }

    private func run() {
        var probes: [TrackProbe] = []
        while true {
            wait(probes)
            for job in jobs.takeAll() {
                guard case .follow(let settings) = job else { return probes.forEach { $0.stop() } }
                let gone = probes.filter { !settings.contains($0.settings) }
                probes = settings.map { track in
                    probes.first { $0.settings == track } ?? TrackProbe(track, now: .now)
                }
                for probe in gone { probe.stop() }
            }
            for probe in probes { probe.proceed(now: .now) }
            let tracks = probes.map {
                NodeReadiness.Fact(name: $0.settings.name, fault: $0.health.fault)
            }
            published.withLock { $0 = tracks }
        }
    }

    /// Until a try has ended or its time is over, one is due, or there is a job.
    private func wait(_ probes: [TrackProbe]) {
        Poll.wait(
            of: [jobs.descriptor] + probes.map(\.descriptor),
            until: probes.map(\.deadline).min()
        )
    }
}
