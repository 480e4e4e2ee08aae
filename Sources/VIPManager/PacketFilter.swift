/// A classic packet filter (Linux: Documentation/networking/filter.rst): the kernel runs it on each
/// frame before it lies in a socket's queue, so that strangers' frames take no place there.
package struct PacketFilter: Equatable, Sendable {
    /// `struct sock_filter`
    package struct Step: Equatable, Sendable {
        package var code: UInt16
        package var jumpIfTrue: UInt8 = 0
        package var jumpIfFalse: UInt8 = 0
        package var constant: UInt32
    }

    package let steps: [Step]

    private static let loadWord: UInt16 = 0x20  // BPF_LD | BPF_W | BPF_ABS
    private static let jumpIfEqual: UInt16 = 0x15  // BPF_JMP | BPF_JEQ | BPF_K
    private static let answer: UInt16 = 0x06  // BPF_RET | BPF_K
    /// SKF_AD_OFF + SKF_AD_PKTTYPE: whom the frame was for.
    private static let packetType: UInt32 = 0xFFFF_F004
    private static let otherHost: UInt32 = 3

    /// Passes frames for this host, or for all, in which these words stand at these offsets.
    /// - Parameter words: offset from the first byte that the socket delivers, and the four bytes
    ///   there in network order; 100 at most.
    package init(words: [(offset: UInt32, value: UInt32)]) {
        precondition(words.count <= 100, "a jump reaches 255 steps")
        let reject = 2 * words.count + 3
        var steps = [
            Step(code: Self.loadWord, constant: Self.packetType),
            Step(
                code: Self.jumpIfEqual,
                jumpIfTrue: UInt8(reject - 2),
                constant: Self.otherHost
            ),
        ]
        for (offset, value) in words {
            steps.append(Step(code: Self.loadWord, constant: offset))
            steps.append(
                Step(
                    code: Self.jumpIfEqual,
                    jumpIfFalse: UInt8(reject - steps.count - 1),
                    constant: value
                )
            )
        }
        steps.append(Step(code: Self.answer, constant: .max))
        steps.append(Step(code: Self.answer, constant: 0))
        self.steps = steps
    }
}
