/// Frames as released versions put them on the wire, for tests of mixed pairs. Never changed: a
/// version that cannot read them any more needs another major number.
///
/// The key is `HeartNode.key`.
enum FrameFixtures {
    /// A beat of version 1.0.
    static let beat10 = bytes(
        """
        48414250010001009d  // "HABP", version, kind, length of the content
        0102030405060708111213141516171821222324252627280000000000000031  // pair, node, boot, sequence
        0000000000000041000000000000005100000000000000610000000000000071  // challenge, echo, heard boot, heard sequence
        000005dc00fa  // held that long, loss
        040703  // role, readiness, flags
        00000000000000110000000000000010000000000000000c  // epochs: highest, activation, resigned
        000000000002ee00000001f403  // active for, yielding for, reason
        0000138800000384ffffffff  // sessions, age of the last good and bad check
        000000030000000202  // request, refused request, refusal
        0200c8  // fence, and how long it lasts
        02420a00000a000000000000cafe  // MAC of the virtual IP, configuration
        a7ea6e9ec45ca10efb0ffc5cdccfd021feeaec9642639b60986c31e3ff0923e7  // HMAC-SHA256
        """
    )

    /// The last will of version 1.0.
    static let release10 = bytes(
        """
        48414250010002009d  // "HABP", version, kind, length of the content
        010203040506070811121314151617182122232425262728ffffffffffffffff  // pair, node, boot, sequence
        0000000000000000000000000000000000000000000000000000000000000000  // challenge, echo, heard boot, heard sequence
        000000000000  // held that long, loss
        070000  // role, readiness, flags
        00000000000000110000000000000010000000000000000c  // epochs: highest, activation, resigned
        000000000002ee00000001f403  // active for, yielding for, reason
        0000138800000384ffffffff  // sessions, age of the last good and bad check
        000000030000000202  // request, refused request, refusal
        0200c8  // fence, and how long it lasts
        02420a00000a000000000000cafe  // MAC of the virtual IP, configuration
        b89722fed83aaed5eff3d0cd8b5e91a0e382b7339b9bddc28f9b8f9ea18f2510  // HMAC-SHA256
        """
    )

    /// What a beat of a later minor version may look like: more fields, another flag.
    static let beat12 = bytes(
        """
        4841425001020100a8  // "HABP", version, kind, length of the content
        0102030405060708111213141516171821222324252627280000000000000031  // pair, node, boot, sequence
        0000000000000041000000000000005100000000000000610000000000000071  // challenge, echo, heard boot, heard sequence
        000005dc00fa  // held that long, loss
        040743  // role, readiness, flags
        00000000000000110000000000000010000000000000000c  // epochs: highest, activation, resigned
        000000000002ee00000001f403  // active for, yielding for, reason
        0000138800000384ffffffff  // sessions, age of the last good and bad check
        000000030000000202  // request, refused request, refusal
        0200c8  // fence, and how long it lasts
        02420a00000a000000000000cafe  // MAC of the virtual IP, configuration
        00020003aabbcc00090000  // fields of that version: two of tag, length, value
        e537089aee9b2ed785ce6e5f1d8b0756035d5562c36d89b16a0004120619b61d  // HMAC-SHA256
        """
    )

    /// The same of a version that is still to come.
    static let beat13 = bytes(
        """
        4841425001030100a8  // "HABP", version, kind, length of the content
        0102030405060708111213141516171821222324252627280000000000000031  // pair, node, boot, sequence
        0000000000000041000000000000005100000000000000610000000000000071  // challenge, echo, heard boot, heard sequence
        000005dc00fa  // held that long, loss
        040743  // role, readiness, flags
        00000000000000110000000000000010000000000000000c  // epochs: highest, activation, resigned
        000000000002ee00000001f403  // active for, yielding for, reason
        0000138800000384ffffffff  // sessions, age of the last good and bad check
        000000030000000202  // request, refused request, refusal
        0200c8  // fence, and how long it lasts
        02420a00000a000000000000cafe  // MAC of the virtual IP, configuration
        00020003aabbcc00090000  // fields of that version: two of tag, length, value
        cf4c355fdd67f4b2457df5d5683054e803bdb90ef7d4a2ecaa457da4fb82724e  // HMAC-SHA256
        """
    )

    /// The same of another major version.
    static let beat20 = bytes(
        """
        48414250020001009d  // "HABP", version, kind, length of the content
        0102030405060708111213141516171821222324252627280000000000000031  // pair, node, boot, sequence
        0000000000000041000000000000005100000000000000610000000000000071  // challenge, echo, heard boot, heard sequence
        000005dc00fa  // held that long, loss
        040703  // role, readiness, flags
        00000000000000110000000000000010000000000000000c  // epochs: highest, activation, resigned
        000000000002ee00000001f403  // active for, yielding for, reason
        0000138800000384ffffffff  // sessions, age of the last good and bad check
        000000030000000202  // request, refused request, refusal
        0200c8  // fence, and how long it lasts
        02420a00000a000000000000cafe  // MAC of the virtual IP, configuration
        7ef2d2fc6927309c37e320686aada45a6d54ca40d136f163f58fd147c7b2cdd6  // HMAC-SHA256
        """
    )

    /// Hexadecimal digits; what follows two slashes is a comment.
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = text.split(separator: "\n").flatMap { line in
            line.prefix { $0 != "/" }.compactMap(\.hexDigitValue)
        }
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
