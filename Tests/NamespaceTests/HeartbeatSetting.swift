/// How the pair is set, and what an outage may then be in the middle where the other node is dead.
enum HeartbeatSetting: CaseIterable {
    case asDefault, tuned

    var line: String {
        self == .tuned
            ? "heartbeat every 10ms dead-after 60ms" : "heartbeat every 50ms dead-after 250ms"
    }
    var median: Duration { .milliseconds(self == .tuned ? 90 : 320) }
}
