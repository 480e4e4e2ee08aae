import Heartbeat
import PairControl
import Primitives
import Testing

/// The question on the segment before silence is taken for death (design §5, Takeover 2 and 3).
@Suite struct SegmentTests {
    /// Node01 holds; both have heard each other.
    private static func pair(
        seed: UInt64 = 1,
        hasWitnesses: Bool = false,
        _ adjust: (inout PairSettings) -> Void = { _ in }
    ) -> PairHarness {
        var pair = PairHarness(seed: seed, fence: .deadline) { settings in
            settings.hasWitnesses = hasWitnesses
            adjust(&settings)
        }
        pair.run(.seconds(1))
        for index in 0...1 { pair.hosts[index].questions = [] }
        return pair
    }

    private static let both = [1000, 1000]

    @Test(arguments: [[1000, 1000], [1000, 0], [0, 1000]])
    func `with the rails cut and the segment alive nobody takes over`(loss: [Int]) {
        var pair = Self.pair()
        let epoch = pair.hosts[0].node.epochs.highest
        pair.loss = loss
        pair.run(.seconds(20))
        #expect(pair.holders == [0])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[0].node.epochs.highest == epoch)
        let isDeaf = loss[0] == 1000
        #expect((pair.hosts[1].node.segmentAlarm?.alarm == .pathCut) == isDeaf)
        // Who holds hears the questions, where its own rail is silent too.
        #expect((pair.hosts[0].node.segmentAlarm?.alarm == .pathCut) == (loss == Self.both))
        pair.loss = [0, 0]
        pair.run(.seconds(4))
        #expect(pair.hosts.allSatisfy { $0.node.segmentAlarm == nil })
        #expect(pair.holders == [0])
        let told = pair.hosts[1].notices.filter {
            if case .segment(.pathCut, _, let isHolder) = $0 { !isHolder } else { false }
        }
        #expect(told.count == (isDeaf ? 1 : 0))
        #expect(
            pair.hosts[1].notices.contains { $0.text.hasPrefix("path cut no longer") } == isDeaf
        )
    }

    @Test func `a round is four volleys within 20 ms, and no answer is the permission`() {
        var pair = Self.pair()
        pair.powerOff(0)
        var asked: [Instant] = []
        while pair.role(1) == .standby {
            let before = pair.hosts[1].questions.count
            pair.run(.milliseconds(1))
            if pair.hosts[1].questions.count > before { asked.append(pair.now) }
        }
        #expect(asked.count == 4)
        #expect(pair.now - asked[0] <= .milliseconds(21))
        #expect(pair.hosts[1].questions.allSatisfy { $0.asksAll && $0.peer == pair.hosts[0].mac })
        pair.run(.milliseconds(10))
        #expect(pair.passing == [1])
    }

    @Test func `with the path cut the death of the holder is noticed all the same`() {
        var pair = Self.pair()
        pair.loss = Self.both
        pair.run(.seconds(3))
        pair.kill(0, withGuardian: false)
        pair.vacantMilliseconds = 0
        let diedAt = pair.now
        while pair.passing != [1], pair.now - diedAt < .seconds(3) { pair.run(.milliseconds(1)) }
        // Its lease, and a pause between two rounds.
        #expect(pair.now - diedAt < .milliseconds(850), "\((pair.now - diedAt).milliseconds)")
        #expect(pair.doublePassing == 0)
    }

    @Test func `the guardian's word, a goodbye and a yield need no question`() {
        for end in 0..<3 {
            var pair = Self.pair()
            pair.vacantMilliseconds = 0
            switch end {
            case 0: pair.kill(0, withGuardian: true)
            case 1: pair.order(.stop, on: 0)
            default: pair.order(.failover(to: nil), on: 0)
            }
            pair.run(.milliseconds(500))
            #expect(pair.passing == [1])
            #expect(pair.hosts[1].questions.allSatisfy { !$0.asksAll })
            #expect(pair.vacantMilliseconds < 10)
        }
    }

    @Test(arguments: [true, false])
    func `a release or a goodbye of long ago needs the question`(isReleased: Bool) {
        var pair = Self.pair()
        pair.setReadiness(1) { $0.relayServes = false }
        if isReleased { pair.kill(0, withGuardian: true) } else { pair.order(.stop, on: 0) }
        pair.run(.milliseconds(100))
        // Its next life is not heard.
        pair.loss = Self.both
        pair.start(0)
        pair.run(.seconds(5))
        #expect(pair.passing == [0])
        pair.setReadiness(1) { $0.relayServes = true }
        pair.run(.seconds(2))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[1].node.segmentAlarm?.alarm == .pathCut)
    }

    @Test func `a round that ended while its node was stopped says nothing any more`() {
        var pair = Self.pair()
        pair.powerOff(0)
        while pair.hosts[1].questions.count < 4 { pair.run(.milliseconds(1)) }
        pair.stop(1)
        pair.run(.milliseconds(150))
        pair.hosts[1].questions = []
        pair.resume(1)
        #expect(pair.role(1) == .standby)
        pair.run(.milliseconds(30))
        #expect(pair.hosts[1].questions.filter(\.asksAll).count == 4)
        #expect(pair.passing == [1])
    }

    /// Its node address is on another network, and what the disk has is of hardware that is gone.
    @Test(arguments: [false, true])
    func `a stored MAC is no proof that another one is not the peer's`(bothStart: Bool) {
        var pair = Self.pair()
        pair.resolvesPeers = false
        pair.powerOff(1)
        if bothStart { pair.powerOff(0) }
        pair.run(.seconds(1))
        pair.loss = Self.both
        for index in 0...1 { pair.hosts[index].storedPeer = MACAddress(0x0242_0A00_0077) }
        if bothStart { pair.start(0) }
        pair.start(1)
        pair.run(.seconds(20))
        #expect(pair.doublePassing == 0)
        #expect(pair.passing.count == 1)
        let holder = pair.passing.first ?? 0
        #expect(pair.hosts[1 - holder].node.segmentAlarm?.alarm == .pathCut)
        #expect(pair.hosts[holder].node.segmentAlarm?.alarm == .pathCut)
        // And when that one dies it is taken over from.
        pair.powerOff(holder)
        pair.run(.seconds(3))
        #expect(pair.passing == [1 - holder])
    }

    /// What answers is where the disk says that the peer is.
    @Test
    func `a fabric that answers with the stored MAC of the dead delays by one more dead-after`() {
        var pair = Self.pair()
        pair.resolvesPeers = false
        pair.powerOff(1)
        pair.run(.seconds(1))
        pair.start(1)
        pair.loss = Self.both
        pair.powerOff(0)
        pair.suppressed = pair.hosts[0].mac
        pair.run(.seconds(8))
        #expect(pair.passing == [1])
        #expect(
            pair.hosts[1].node.segmentAlarm?.alarm == .answeredByOthers(pair.hosts[0].mac)
        )
    }

    @Test func `a fabric that answers for the dead delays by one more dead-after`() {
        var pair = Self.pair()
        pair.proxy = MACAddress(0x0242_0A00_00FE)
        pair.powerOff(0)
        pair.run(.milliseconds(480))
        #expect(pair.passing.isEmpty)
        pair.run(.milliseconds(250))
        #expect(pair.passing == [1])
        #expect(
            pair.hosts[1].node.segmentAlarm?.alarm
                == .answeredByOthers(MACAddress(0x0242_0A00_00FE))
        )
    }

    @Test func `a fabric that answers for the living changes nothing`() {
        var pair = Self.pair()
        pair.proxy = MACAddress(0x0242_0A00_00FE)
        pair.loss = Self.both
        pair.run(.seconds(20))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[1].node.segmentAlarm?.alarm == .pathCut)
    }

    @Test func `while the peer's MAC is not known every answer is a veto`() {
        var pair = Self.pair()
        pair.loss = Self.both
        pair.proxy = MACAddress(0x0242_0A00_00FE)
        // It comes back without its disk, and has never heard the peer.
        pair.powerOff(1)
        pair.hosts[1].storedPeer = nil
        pair.start(1)
        pair.run(.seconds(20))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[1].questions.contains { $0.resolvesPeer })
    }

    @Test func `who never heard the peer finds it by its node address`() {
        var pair = Self.pair()
        pair.loss = Self.both
        pair.powerOff(1)
        // From before the peer's hardware was replaced.
        pair.hosts[1].storedPeer = MACAddress(0x0242_0A00_0077)
        pair.start(1)
        pair.run(.seconds(10))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[1].node.segmentAlarm?.alarm == .pathCut)
        #expect(pair.hosts[1].questions.contains { $0.peer == pair.hosts[0].mac && !$0.asksAll })
    }

    @Test(arguments: 1...20)
    func `of two that start with the rails cut one takes it`(seed: Int) {
        var pair = PairHarness(seed: UInt64(seed), fence: .deadline)
        pair.loss = Self.both
        pair.run(.milliseconds(Int64(seed) * 11))
        pair.kill(seed % 2, withGuardian: false)
        pair.start(seed % 2)
        pair.run(.seconds(8))
        #expect(pair.passing.count == 1)
        #expect(pair.doublePassing == 0)
    }

    @Test func `who is cut off from everybody does not act, and a holder lets go`() {
        var pair = Self.pair(hasWitnesses: true)
        pair.loss = Self.both
        pair.segmentIsCut = true
        pair.hearsWitnesses = [true, false]
        pair.run(.seconds(5))
        #expect(pair.passing == [0])
        #expect(pair.hosts[1].node.segmentAlarm?.alarm == .isolated)
        #expect(pair.doublePassing == 0)
        // Now the holder is the one that is cut off.
        pair.hearsWitnesses = [false, true]
        pair.run(.seconds(3))
        #expect(pair.passing == [1])
        #expect(pair.role(0) != .active)
        #expect(pair.doublePassing < 1700, "\(pair.doublePassing)")
        pair.hearsWitnesses = [true, true]
        pair.segmentIsCut = false
        pair.loss = [0, 0]
        pair.run(.seconds(3))
        #expect(pair.passing == [1])
        #expect(pair.hosts.allSatisfy { $0.node.segmentAlarm == nil })
    }

    @Test func `without gateway and servers on the segment a node alone acts`() {
        var pair = Self.pair(hasWitnesses: false)
        pair.hearsWitnesses = [false, false]
        pair.powerOff(0)
        pair.run(.milliseconds(300))
        #expect(pair.passing == [1])
        pair.run(.seconds(20))
        #expect(pair.passing == [1])
    }

    @Test func `two that meet on the segment alone: the rank decides, and the survivor says so`() {
        for delay in [0, 700] as [Int64] {
            var pair = Self.pair()
            pair.loss = Self.both
            pair.segmentIsCut = true
            pair.run(.seconds(2) + .milliseconds(delay))
            #expect(pair.passing == [0, 1])
            let announced = pair.hosts[0].announcements
            pair.segmentIsCut = false
            pair.doublePassing = 0
            pair.run(.seconds(3))
            #expect(pair.passing == [0])
            #expect(pair.doublePassing <= 1050, "\(pair.doublePassing)")
            #expect(pair.hosts[0].announcements > announced)
            #expect(pair.hosts[1].node.segmentAlarm?.alarm == .pathCut)
        }
    }

    @Test func `another host with the address is named and does not move it`() {
        var pair = Self.pair()
        let stranger = MACAddress(0x0242_0A00_0055)
        let announced = pair.hosts[0].announcements
        for _ in 0..<50 {
            pair.hear(.holder(stranger), 0)
            pair.run(.milliseconds(100))
        }
        #expect(pair.passing == [0])
        #expect((4...7).contains(pair.hosts[0].announcements - announced))
        #expect(pair.hosts[0].notices.filter { $0 == .otherHolder(stranger) }.count == 1)
    }

    @Test func `a fenced holder asks too, and gives way to an answer`() {
        var pair = Self.pair()
        pair.setReadiness(0) { $0.clientSessions = 7 }
        pair.stop(0)
        pair.run(.milliseconds(400))
        #expect(pair.passing == [1])
        // Its sockets are empty, and nothing comes any more.
        pair.loss = Self.both
        pair.packets = []
        pair.hosts[0].waiting = []
        pair.resume(0)
        pair.run(.seconds(3))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[0].sessionResets == 1)
        #expect(pair.hosts[0].notices.contains(.lostWhileFenced(to: "haproxy-node02")))
    }

    @Test func `where the peer's interface is gets to the disk, once`() {
        var pair = Self.pair()
        #expect(pair.hosts[1].storedPeer == pair.hosts[0].mac)
        pair.hosts[1].storedPeer = nil
        pair.run(.seconds(1))
        #expect(pair.hosts[1].storedPeer == nil)
    }

    @Test func `a holder that hears no peer asks once a second, and not everybody`() {
        var pair = Self.pair(hasWitnesses: true)
        pair.powerOff(1)
        pair.run(.milliseconds(500))
        pair.hosts[0].questions = []
        pair.run(.seconds(10))
        #expect((9...11).contains(pair.hosts[0].questions.count))
        #expect(pair.hosts[0].questions.allSatisfy { !$0.asksAll && $0.asksWitnesses })
    }
}
