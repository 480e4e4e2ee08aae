import Testing

/// What the program does for each request that it relays, read from its machine code.
@Suite struct HotPathTests {
    /// By mangled name: the loops of both engines, and what they call for each piece of data.
    private static let functions = [
        "$s5Relay6WorkerC8runEpollyyF",
        "$s5Relay6WorkerC7runRingyySpyAA0D0VGF",
        "$s5Relay6WorkerC11sendsAreOutyySpyAA4RingVGF",
        "$s5Relay5relay___6eventsAA8ProgressOSpyAA11WorkerStateVG_SpyAA7SessionVGAA5WhichOs6UInt32VtF",
        "$s5Relay4pump__4fromAA8ProgressOSpyAA11WorkerStateVG_SpyAA7SessionVGAA5WhichOtF",
    ]

    /// Counting references, checking exclusive access, making objects.
    private static let banned = [
        "swift_retain", "swift_release", "swift_bridgeObject", "swift_beginAccess",
        "swift_allocObject", "swift_isUniquelyReferenced", "swift_once",
    ]

    @Test(arguments: functions)
    func `no reference is counted and no access checked for a request`(function: String) {
        let result = Command(
            "objdump",
            "--disassemble=\(function)",
            "--no-show-raw-insn",
            Repository.binary
        ).run()
        let calls = result.output.split(separator: "\n").filter { $0.contains("call ") }
        // A function that was renamed or inlined would pass unseen.
        #expect(!calls.isEmpty, "\(function) is not in the program: name its successor here")
        for call in calls {
            #expect(!Self.banned.contains { call.contains("<\($0)") }, "\(call)")
        }
    }
}
