/// A `pair` section while it is read.
struct PairDraft {
    var name: String
    var location: SourceLocation
    var isBroken = false
    var nodes: [PairNode] = []
    var virtualAddresses: [VirtualAddress] = []
    var secretFile: String?
    var heartbeat = HeartbeatSettings()
    /// Where `heartbeat` was last set.
    var heartbeatLocation: SourceLocation?
    var bootHold: Duration = .seconds(3)
    var preempts = false
}
