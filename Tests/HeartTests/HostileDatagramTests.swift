import Heart
import Heartbeat
import Lab
import LinuxIO
import PairControl
import Primitives
import Testing

/// Whatever arrives under the peer's address: it is counted under its name and changes nothing.
extension HeartSuites {
    @Suite struct HostileDatagramTests {
        /// Datagrams for node02 in the name of node01, by the reason for which they are dropped.
        private static func forged(_ genuine: [UInt8]) throws -> [(FrameDropReason, [UInt8])] {
            let keys = try HeartNode.keys(HeartNode.key)
            let pair = try HeartNode.settings(.node01).pair
            func beat(_ change: (inout Beat) -> Void) -> [UInt8] {
                var beat = Beat(
                    pairID: pair.id,
                    nodeID: pair.own.id,
                    bootID: 0x9999,
                    sequence: 1,
                    role: .active
                )
                beat.highestEpoch = 1000
                change(&beat)
                return FrameCodec.encode(beat, by: keys)
            }
            var flipped = genuine
            flipped[60] ^= 1
            var version = genuine
            version[4] = 2
            let wrongKey = try HeartNode.keys("a key that is not the lab's")
            let stranger = Beat(
                pairID: pair.id,
                nodeID: pair.own.id,
                bootID: 0x1111,
                sequence: .max,
                role: .stopping
            )
            return [
                (.malformed, []), (.malformed, [0]), (.malformed, Array(genuine.dropLast())),
                (.malformed, genuine + [0]), (.malformed, Array(genuine.prefix(9))),
                (.malformed, [UInt8](repeating: 0x48, count: 1400)),
                (.foreign, Array("GET / HTTP/1.0\r\n\r\n".utf8)), (.version, version),
                (.unauthentic, flipped), (.unauthentic, FrameCodec.encode(stranger, by: wrongKey)),
                (.otherPair, beat { $0.pairID ^= 1 }), (.unknownNode, beat { $0.nodeID ^= 1 }),
                (.reflected, beat { $0.nodeID = pair.peer.id }),
                (.unprovenBoot, beat { _ in }),
                (.unprovenBoot, beat { $0.kind = .release }),
                (.replayed, genuine),
            ]
        }

        @Test func `each forged datagram is counted under its name and changes nothing`() throws {
            let pair = try HeartPair()
            let forger = try FrameForger(on: pair.network[.client])
            let genuine = try #require(
                try pair.beats(at: .node02, during: .milliseconds(200)).first
            )
            let before = pair.decisions
            for (reason, payload) in try Self.forged(genuine) {
                let count = pair.second.node?.tracker.drops[reason] ?? 0
                try forger.send(payload, inTheNameOf: .node01, to: .node02, port: HeartPair.port)
                let isCounted = Patience.wait(.seconds(1)) {
                    pair.second.node?.tracker.drops[reason] == count + 1
                }
                #expect(isCounted, "\(reason) \(pair.second.node?.tracker.drops ?? [:])")
            }
            Patience.pause(.milliseconds(300))
            #expect(pair.decisions == before)
            #expect(try pair.holders == ["haproxy-node01"])
        }

        @Test func `a recording of an earlier boot is no proof of life`() throws {
            let pair = try HeartPair()
            let forger = try FrameForger(on: pair.network[.client])
            let recording = try pair.beats(at: .node02, during: .milliseconds(300))
            try #require(recording.count >= 4)
            pair.first.halt()
            try #require(Patience.wait(.seconds(2)) { pair.second.isActive })
            let before = pair.second.node?.tracker.drops[.replayed] ?? 0
            for frame in recording {
                try forger.send(frame, inTheNameOf: .node01, to: .node02, port: HeartPair.port)
            }
            let count = before + UInt64(recording.count)
            #expect(
                Patience.wait(.seconds(1)) { pair.second.node?.tracker.drops[.replayed] == count }
            )
            #expect(pair.second.isActive)
            // Another life of the node; after it, the recording names a boot that is not believed.
            try pair.network[.node01].removeAddress(HostPlan.virtualAddress)
            pair.first = try HeartNode(.node01, in: pair.network, boot: 0x3333)
            try #require(
                Patience.wait(.seconds(3)) { pair.first.isStandby && pair.peerIsKnown(0x3333) }
            )
            for frame in recording {
                try forger.send(frame, inTheNameOf: .node01, to: .node02, port: HeartPair.port)
            }
            #expect(
                Patience.wait(.seconds(1)) {
                    pair.second.node?.tracker.drops[.unprovenBoot] ?? 0 >= UInt64(recording.count)
                }
            )
            Patience.pause(.milliseconds(300))
            #expect(pair.second.isActive && pair.first.isStandby && pair.peerIsKnown(0x3333))
            #expect(try pair.holders == ["haproxy-node02"])
        }

        @Test func `ten thousand random frames a second for three seconds change nothing`() throws {
            let pair = try HeartPair()
            let old = pair.second.node?.tracker.drops ?? [:]
            let before = pair.decisions
            let forger = try FrameForger(on: pair.network[.client])
            var random = SystemRandomNumberGenerator()
            var oldest = Duration.zero
            let start = Instant.now
            for millisecond in 1...3000 {
                for number in 0..<10 {
                    var payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    // Every other one looks like ours, so that its tag has to be computed.
                    if number % 2 == 0 { payload = Self.disguised(payload) }
                    let target: HostPlan = number % 4 < 2 ? .node02 : .node01
                    try forger.send(
                        payload,
                        inTheNameOf: target == .node01 ? .node02 : .node01,
                        to: target,
                        port: HeartPair.port
                    )
                }
                if let at = pair.second.heart.snapshot?.at { oldest = max(oldest, .now - at) }
                let due = start + .milliseconds(Int64(millisecond))
                if due > .now { Patience.pause(due - .now) }
            }
            #expect(pair.decisions == before)
            #expect(try pair.holders == ["haproxy-node01"])
            #expect(!(pair.first.notices + pair.second.notices).contains { $0.isSilence })
            #expect(oldest < .seconds(1), "\(oldest)")
            let drops = (pair.second.node?.tracker.drops ?? [:]).filter { old[$0.key] != $0.value }
            #expect(Set(drops.keys).isSubset(of: [.malformed, .foreign, .unauthentic]))
            #expect(drops.values.reduce(0, +) > 5000, "\(drops)")
            #expect(drops[.unauthentic] ?? 0 > 1000, "\(drops)")
        }

        /// Random bytes behind a good header: magic, version 1.0, a beat of 157 bytes, and 32 of a
        /// tag.
        private static func disguised(_ payload: [UInt8]) -> [UInt8] {
            let header: [UInt8] = [0x48, 0x41, 0x42, 0x50, 1, 0, 1, 0, 157]
            let padding = [UInt8](repeating: 0x5A, count: 189)
            return Array((header + payload + padding).prefix(189))
        }
    }
}

extension HeartPair {
    /// Whether node02 believes this boot of node01.
    func peerIsKnown(_ boot: UInt64) -> Bool { second.node?.tracker.last?.bootID == boot }
}
