import Testing
import VIPManager

@Suite struct EchoMessageTests {
    @Test func `a request is eight bytes, with a checksum where the kernel adds none`() {
        #expect(
            EchoMessage.request(isV4: true, 0x1234, 7) == [
                8, 0, 0xE5, 0xC4,  // echo request, code, checksum
                0x12, 0x34, 0, 7,  // identifier, sequence
            ]
        )
        #expect(EchoMessage.request(isV4: false, 0x1234, 7) == [128, 0, 0, 0, 0x12, 0x34, 0, 7])
    }

    /// 24 bytes of IPv4 header, with options; then the message.
    private static let header: [UInt8] = [0x46] + [UInt8](repeating: 0xAA, count: 23)

    @Test func `a reply is one to this request, behind a header of any length`() {
        let reply: [UInt8] = [0, 0, 1, 2, 0x12, 0x34, 0, 7]
        #expect(EchoMessage.isReply(Self.header + reply, isV4: true, 0x1234, 7))
        #expect(EchoMessage.isReply(Self.header + reply + [1, 2, 3], isV4: true, 0x1234, 7))
        #expect(!EchoMessage.isReply(Self.header + reply, isV4: true, 0x1234, 8))
        #expect(!EchoMessage.isReply(Self.header + reply, isV4: true, 0x1235, 7))
        let six: [UInt8] = [129, 0, 1, 2, 0x12, 0x34, 0, 7]
        #expect(EchoMessage.isReply(six, isV4: false, 0x1234, 7))
        #expect(!EchoMessage.isReply(reply, isV4: false, 0x1234, 7))
    }

    @Test func `an own request that comes back, a cut one and nothing are no replies`() {
        let request = EchoMessage.request(isV4: true, 1, 1)
        #expect(!EchoMessage.isReply(Self.header + request, isV4: true, 1, 1))
        #expect(!EchoMessage.isReply([], isV4: true, 1, 1))
        for length in 0..<32 {
            let whole = Self.header + [0, 0, 1, 2, 0, 1, 0, 1]
            #expect(!EchoMessage.isReply(Array(whole[..<length]), isV4: true, 1, 1))
        }
    }
}
