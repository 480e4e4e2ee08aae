/// A `pair` section while it is read.
struct PairDraft {
    var name: String
    var location: SourceLocation
    var isBroken = false
    /// The keywords of lines with a mistake: they are not missing too.
    var faulty: Set<String> = []
    var nodes: [PairNode] = []
    var virtualAddresses: [VirtualAddress] = []
    var ethernetRails: [EthernetRail] = []
    var secretFile: Word?
    var heartbeat = HeartbeatSettings()
    /// Where `heartbeat` was last set.
    var heartbeatLocation: SourceLocation?
    var bootHold: Duration = .seconds(3)
    var preempts = false
    var onChange: ChangeHookSettings?
    var tracks: [TrackSettings] = []
    var arbiter: ArbiterSettings?
}
