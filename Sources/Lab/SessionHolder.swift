internal import LinuxIO
package import Primitives
internal import Synchronization

/// Holds long sessions with a small query four times a second each, and tells which were lost:
/// reset, closed, or silent.
///
/// It runs from `init` until `stop`, or until its owner lets go of it.
package final class SessionHolder: Sendable {
    /// From one query of a session to the next.
    package static let interval = Duration.milliseconds(250)
    /// A session whose answer takes longer is lost.
    package static let patience = Duration.seconds(5)

    package enum Loss: String, Sendable, Hashable {
        case neverOpened = "never opened"
        case reset
        case closed
        case silent
        /// The server answered with an error, or not in MySQL.
        case rejected
    }

    package struct SessionReport: Sendable, Equatable {
        /// The last name that the server gave; empty before the first answer.
        package var node = ""
        package var answers = 0
        /// The longest time from a query to its answer.
        package var longestPause = Duration.zero
        package var loss: Loss?
        package var lostAt: Instant?
    }

    private let shared: Shared
    private let service: Service

    private final class Shared: Sendable {
        let sessions: Mutex<[SessionReport]>

        init(count: Int) {
            sessions = Mutex(Array(repeating: SessionReport(), count: count))
        }
    }

    /// Begins to open the sessions.
    /// - Parameters:
    ///   - host: where the client lives; `nil` for the machine's own network.
    ///   - user: logs in without a password.
    package init(
        _ count: Int,
        from host: LabHost?,
        to endpoint: Endpoint,
        user: String = "probe"
    ) throws {
        let shared = Shared(count: count)
        self.shared = shared
        service = try Service(name: "hb-holder", on: host) { control in
            do {
                var loop = SessionHolderLoop(count, endpoint, user: user)
                try loop.run(control) { index, report in
                    shared.sessions.withLock { $0[index] = report }
                }
            } catch {
                LabLog.write("session holder: \(error)")
            }
        }
    }

    /// One per session, in the order in which they were opened.
    package var sessions: [SessionReport] { shared.sessions.withLock { $0 } }
    package var lost: Int { sessions.count { $0.loss != nil } }
    package var longestPause: Duration { sessions.map(\.longestPause).max() ?? .zero }

    /// Waits until every session has had an answer or is lost.
    /// - Returns: `false` when that took longer than `timeout`.
    package func waitUntilOpen(timeout: Duration) -> Bool {
        Patience.wait(timeout) { sessions.allSatisfy { $0.answers > 0 || $0.loss != nil } }
    }

    /// Says goodbye in every session that lives, and returns the final report.
    @discardableResult
    package func stop() -> [SessionReport] {
        service.stop()
        return sessions
    }
}
