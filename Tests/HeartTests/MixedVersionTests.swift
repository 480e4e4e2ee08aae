import Heart
import Heartbeat
import Lab
import LinuxIO
import PairControl
import Primitives
import Testing

/// Nodes of different versions.
extension HeartSuites {
    @Suite struct MixedVersionTests {
        private static func decode(_ bytes: [UInt8]) throws -> Result<Beat, FrameDecodingError> {
            FrameCodec.decode(bytes[...], by: try HeartNode.keys(HeartNode.key))
        }

        @Test func `a beat of version 1.0 is understood, field by field`() throws {
            let beat = try Self.decode(FrameFixtures.beat10).get()
            #expect(beat.version == FrameVersion(1, 0))
            #expect(beat.kind == .beat && beat.role == .active && beat.readiness == .all)
            #expect(beat.pairID == 0x0102_0304_0506_0708 && beat.sequence == 0x31)
            #expect(beat.highestEpoch == 17 && beat.activationEpoch == 16)
            #expect(beat.isYielding && beat.isContested && !beat.isFenced)
            #expect(beat.clientSessions == 5000 && beat.checkFailureAge == .max)
            #expect(beat.vipMAC == MACAddress(0x0242_0A00_000A))
            #expect(beat.configurationDigest == 0xCAFE)
        }

        @Test func `the last will of version 1.0 is understood`() throws {
            let will = try Self.decode(FrameFixtures.release10).get()
            #expect(will.kind == .release && will.sequence == .max && will.role == .stopping)
            #expect(will.resignedEpoch == 12)
        }

        @Test(arguments: [2, 3] as [UInt8])
        func `of a later minor version, what is known here is understood`(minor: UInt8) throws {
            let frame = minor == 2 ? FrameFixtures.beat12 : FrameFixtures.beat13
            var beat = try Self.decode(frame).get()
            #expect(beat.version == FrameVersion(1, minor))
            beat.version = FrameVersion(1, 0)
            #expect(try Self.decode(FrameFixtures.beat10).get() == beat)
        }

        @Test func `another major version is a drop of that name, whoever signed it`() throws {
            let error = FrameDecodingError(.version, major: 2)
            #expect(try Self.decode(FrameFixtures.beat20) == .failure(error))
        }

        /// The real pair on one side, on the other a frame that this version does not speak.
        @Test func `a peer of another major version is told, and counted`() throws {
            let pair = try HeartPair()
            pair.first.halt()
            let forger = try FrameForger(on: pair.network[.client])
            let isTold = try Patience.wait(.seconds(3)) {
                try forger.send(
                    FrameFixtures.beat20,
                    inTheNameOf: .node01,
                    to: .node02,
                    port: HeartPair.port
                )
                return pair.second.notices.contains(
                    .foreignVersion(peer: HostPlan.node01.name, major: 2)
                )
            }
            #expect(isTold)
            #expect(pair.second.node?.tracker.drops[.version, default: 0] ?? 0 > 0)
            #expect(pair.second.node?.tracker.foreignMajor == 2)
            let count = pair.second.notices.count {
                if case .foreignVersion = $0 { true } else { false }
            }
            #expect(count == 1)
        }
    }
}
