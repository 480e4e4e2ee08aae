/// What all frames have around their fields: magic, version, kind, length, and the tag.
package struct FrameEnvelope {
    package let version: FrameVersion
    package let kind: UInt8
    /// Stands behind the header. What it has left in the end are fields of a later minor version.
    package var reader: ByteReader

    /// - Parameters:
    ///   - lengths: what header and fields together may have, without the tag.
    /// - Throws: the reason for which the datagram is dropped.
    package init(
        _ datagram: ArraySlice<UInt8>,
        lengths: ClosedRange<Int>,
        by authenticator: some FrameAuthenticator
    ) throws(FrameDecodingError) {
        var header = ByteReader(datagram)
        guard datagram.count <= lengths.upperBound + FrameCodec.tagLength,
            let magic: UInt32 = header.take()
        else { throw .init(.malformed) }
        guard magic == FrameCodec.magic else { throw .init(.foreign) }
        guard let major: UInt8 = header.take(), let minor: UInt8 = header.take(),
            let kind: UInt8 = header.take(), let length: UInt16 = header.take()
        else { throw .init(.malformed) }
        guard major == FrameVersion.current.major else { throw .init(.version, major: major) }
        guard lengths.contains(Int(length)),
            datagram.count == Int(length) + FrameCodec.tagLength
        else { throw .init(.malformed) }
        let content = datagram.prefix(Int(length))
        guard authenticator.isValid(datagram.suffix(FrameCodec.tagLength), for: content) else {
            throw .init(.unauthentic)
        }
        version = FrameVersion(major, minor)
        self.kind = kind
        reader = ByteReader(content.dropFirst(FrameCodec.headerLength))
    }

    /// The kind that a datagram claims to be of, before anything of it is believed; `nil` where it
    /// is no frame of this major version.
    package static func claimedKind(of datagram: [UInt8]) -> UInt8? {
        var reader = ByteReader(datagram[...])
        guard let magic: UInt32 = reader.take(), magic == FrameCodec.magic,
            let major: UInt8 = reader.take(), major == FrameVersion.current.major,
            let _: UInt8 = reader.take()
        else { return nil }
        return reader.take()
    }
}

/// A datagram that is no frame for us.
package struct FrameDecodingError: Error, Equatable {
    package let reason: FrameDropReason
    /// Of a frame of another major version: which. Nobody vouches for it.
    package let major: UInt8?

    package init(_ reason: FrameDropReason, major: UInt8? = nil) {
        self.reason = reason
        self.major = major
    }
}
