import Heartbeat
import Primitives
import Testing

/// A stand-in for the keyed hash, so that the layout is tested without cryptography: the real one
/// is tested where it lives.
struct SumAuthenticator: FrameAuthenticator {
    var key: UInt8 = 7

    func tag(for bytes: [UInt8]) -> [UInt8] {
        let sum = bytes.enumerated().reduce(UInt8(0)) {
            $0 &+ $1.element &* UInt8(truncatingIfNeeded: $1.offset | 1)
        }
        return [UInt8](repeating: sum ^ key, count: 32)
    }

    func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool {
        Array(tag) == self.tag(for: Array(bytes))
    }
}

@Suite struct FrameCodecTests {
    static let sample: Beat = {
        var beat = Beat(
            pairID: 0x0102_0304_0506_0708,
            nodeID: 0x1112_1314_1516_1718,
            bootID: 0x2122_2324_2526_2728,
            sequence: 0x31,
            role: .active
        )
        beat.challenge = 0x41
        beat.echo = 0x51
        beat.heardBootID = 0x61
        beat.heardSequence = 0x71
        beat.heldMicroseconds = 1500
        beat.lossPermille = 250
        beat.readiness = .all
        beat.isYielding = true
        beat.isContested = true
        beat.highestEpoch = 17
        beat.activationEpoch = 16
        beat.resignedEpoch = 12
        beat.activeMilliseconds = 192_000
        beat.yieldingMicroseconds = 500
        beat.activationReason = .peerSilent
        beat.clientSessions = 5000
        beat.checkSuccessAge = 900
        beat.requestID = 3
        beat.refusedRequestID = 2
        beat.refusal = .busy
        beat.fence = .deadline
        beat.fenceOutlives = 200
        beat.vipMAC = MACAddress(0x0242_0A00_000A)
        beat.configurationDigest = 0xCAFE
        return beat
    }()

    /// Where the readiness is in a frame.
    private static let readinessIndex = 80

    @Test(
        arguments: [
            // As a node of the first version says it, which knows three of them.
            (7, ReadinessFlags.all), (3, [.able, .fit]),
            // What is lacking of the later ones is a bit.
            (7 | 8, ReadinessFlags.all.subtracting(.source)),
            (7 | 16 | 32, [.able, .servers, .source]),
        ] as [(UInt8, ReadinessFlags)]
    )
    func `readiness is understood by nodes that know less of it`(
        byte: UInt8,
        readiness: ReadinessFlags
    ) throws {
        var beat = Self.sample
        beat.readiness = readiness
        let frame = FrameCodec.encode(beat, by: SumAuthenticator())
        #expect(frame[Self.readinessIndex] == byte)
        #expect(try FrameCodec.decode(frame[...], by: SumAuthenticator()).get() == beat)
    }

    static let content: [UInt8] = [
        0x48, 0x41, 0x42, 0x50,  // magic "HABP"
        0x01, 0x02,  // version 1.2
        0x01,  // kind: beat
        0x00, 0x9D,  // content length 157
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,  // pair
        0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,  // node
        0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,  // boot
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x31,  // sequence
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x41,  // challenge
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x51,  // echo
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x61,  // heard boot
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x71,  // heard sequence
        0x00, 0x00, 0x05, 0xDC,  // held for 1500 us
        0x00, 0xFA,  // 25 % lost
        0x04,  // role: active
        0x07,  // relay, link, servers
        0x03,  // yielding, contested
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x11,  // highest epoch 17
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,  // activation 16
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0C,  // resigned 12
        0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xEE, 0x00,  // active for 192 s
        0x00, 0x00, 0x01, 0xF4,  // began to let go 500 us ago
        0x03,  // because the peer was silent
        0x00, 0x00, 0x13, 0x88,  // 5000 sessions
        0x00, 0x00, 0x03, 0x84,  // last passed check 900 ms ago
        0xFF, 0xFF, 0xFF, 0xFF,  // no check ever failed
        0x00, 0x00, 0x00, 0x03,  // request 3
        0x00, 0x00, 0x00, 0x02,  // refuses request 2
        0x02,  // because it is busy
        0x02,  // fence: deadline
        0x00, 0xC8,  // which lasts 200 ms
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,  // MAC for the virtual IP
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCA, 0xFE,  // configuration
    ]

    let authenticator = SumAuthenticator()

    @Test func `a beat has these bytes`() {
        let bytes = FrameCodec.encode(Self.sample, by: authenticator)
        #expect(Array(bytes.dropLast(32)) == Self.content)
        #expect(Array(bytes.suffix(32)) == authenticator.tag(for: Self.content))
    }

    @Test func `the bytes become the same beat again`() {
        let bytes = FrameCodec.encode(Self.sample, by: authenticator)
        #expect(FrameCodec.decode(bytes[...], by: authenticator) == .success(Self.sample))
    }

    @Test func `a later minor version may append fields`() {
        var content = Self.content
        content[5] = 4
        content[8] += 3
        content += [9, 9, 9]
        let bytes = content + authenticator.tag(for: content)
        var beat = Self.sample
        beat.version = FrameVersion(1, 4)
        #expect(FrameCodec.decode(bytes[...], by: authenticator) == .success(beat))
    }

    @Test func `every truncation is a named drop`() {
        let bytes = FrameCodec.encode(Self.sample, by: authenticator)
        for length in 0..<bytes.count {
            let result = FrameCodec.decode(bytes.prefix(length), by: authenticator)
            #expect(throws: FrameDecodingError.self) { try result.get() }
        }
    }

    @Test func `every changed byte is a named drop`() {
        let bytes = FrameCodec.encode(Self.sample, by: authenticator)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x40
            let result = FrameCodec.decode(changed[...], by: authenticator)
            #expect(throws: FrameDecodingError.self, "byte \(index)") { try result.get() }
        }
    }

    static let bad: [(FrameDropReason, [UInt8])] = [
        (.malformed, []),
        (.foreign, [UInt8](repeating: 0x41, count: 185)),
        (
            .version,
            {
                var c = content; c[4] = 2; return c + SumAuthenticator().tag(for: c)
            }()
        ),
        (.unauthentic, content + SumAuthenticator(key: 8).tag(for: content)),
        (
            .malformed,
            {
                var c = content; c[79] = 99; return c + SumAuthenticator().tag(for: c)
            }()
        ),
        (
            .unknownKind,
            {
                var c = content; c[6] = 99; return c + SumAuthenticator().tag(for: c)
            }()
        ),
        (.malformed, [UInt8](repeating: 0x41, count: 600)),
    ]

    @Test(arguments: bad)
    func `what is no frame is dropped under its name`(reason: FrameDropReason, bytes: [UInt8]) {
        var found: FrameDropReason?
        if case .failure(let error) = FrameCodec.decode(bytes[...], by: authenticator) {
            found = error.reason
        }
        // 600 bytes of anything are too long before they are foreign.
        #expect(found == reason)
    }

    @Test func `random bytes never decode and never trap`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...600, using: &generator)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if case .success = FrameCodec.decode(bytes[...], by: authenticator) {
                Issue.record("random bytes were believed: \(bytes)")
            }
        }
    }
}
