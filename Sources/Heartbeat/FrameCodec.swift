internal import Primitives

/// Signs and checks frames. The key and the algorithm (HMAC-SHA256) live in the shell.
package protocol FrameAuthenticator {
    /// The 32-byte tag of `bytes` under the first key.
    func tag(for bytes: [UInt8]) -> [UInt8]
    /// Whether `tag` belongs to `bytes` under any of the keys, compared in constant time.
    func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool
}

/// Frames as bytes: a fixed header, fields in network byte order, and the tag at the end.
///
/// A higher minor version may append fields before the tag; this decoder passes over them. A higher
/// major version is dropped as `version`.
package enum FrameCodec {
    /// "HABP"
    static let magic: UInt32 = 0x4841_4250
    static let major: UInt8 = 1
    static let minor: UInt8 = 0
    static let tagLength = 32
    /// Header and fields of this version, without the tag.
    static let contentLength = 157
    /// One datagram; longer ones are no frames.
    package static let maximumLength = 512

    package static func encode(_ beat: Beat, by authenticator: some FrameAuthenticator) -> [UInt8] {
        var writer = ByteWriter(capacity: contentLength + tagLength)
        writer.put(magic)
        writer.put(major)
        writer.put(minor)
        writer.put(beat.kind.rawValue)
        writer.put(UInt16(contentLength))
        writer.put(beat.pairID)
        writer.put(beat.nodeID)
        writer.put(beat.bootID)
        writer.put(beat.sequence)
        writer.put(beat.challenge)
        writer.put(beat.echo)
        writer.put(beat.heardBootID)
        writer.put(beat.heardSequence)
        writer.put(beat.heldMicroseconds)
        writer.put(beat.lossPermille)
        writer.put(beat.role.rawValue)
        writer.put(beat.readiness.symmetricDifference(.later).rawValue)
        writer.put(flags(of: beat))
        writer.put(beat.highestEpoch)
        writer.put(beat.activationEpoch)
        writer.put(beat.resignedEpoch)
        writer.put(beat.activeMilliseconds)
        writer.put(beat.yieldingMicroseconds)
        writer.put(beat.activationReason.rawValue)
        writer.put(beat.clientSessions)
        writer.put(beat.checkSuccessAge)
        writer.put(beat.checkFailureAge)
        writer.put(beat.requestID)
        writer.put(beat.refusedRequestID)
        writer.put(beat.refusal.rawValue)
        writer.put(beat.fence.rawValue)
        writer.put(beat.fenceOutlives)
        writer.put(bytes: beat.vipMAC.bytes)
        writer.put(beat.configurationDigest)
        precondition(writer.bytes.count == contentLength, "the layout and its length disagree")
        return writer.bytes + authenticator.tag(for: writer.bytes)
    }

    /// Bits that this version does not know are passed over, and left out by older ones.
    private enum Flag {
        static let yielding: UInt8 = 1
        static let contested: UInt8 = 2
        static let fenced: UInt8 = 4
    }

    private static func flags(of beat: Beat) -> UInt8 {
        (beat.isYielding ? Flag.yielding : 0) | (beat.isContested ? Flag.contested : 0)
            | (beat.isFenced ? Flag.fenced : 0)
    }

    /// Reads a datagram. The tag is checked before any field but magic, version and length is
    /// looked at.
    package static func decode(
        _ datagram: ArraySlice<UInt8>,
        by authenticator: some FrameAuthenticator
    ) -> Result<Beat, FrameDecodingError> {
        var reader = ByteReader(datagram)
        guard datagram.count <= maximumLength, let magic: UInt32 = reader.take() else {
            return .failure(.init(.malformed))
        }
        guard magic == Self.magic else { return .failure(.init(.foreign)) }
        guard let major: UInt8 = reader.take(), let _: UInt8 = reader.take(),
            let kind: UInt8 = reader.take(), let length: UInt16 = reader.take()
        else { return .failure(.init(.malformed)) }
        guard major == Self.major else { return .failure(.init(.version)) }
        guard Int(length) >= contentLength, datagram.count == Int(length) + tagLength else {
            return .failure(.init(.malformed))
        }
        let content = datagram.prefix(Int(length))
        guard authenticator.isValid(datagram.suffix(tagLength), for: content) else {
            return .failure(.init(.unauthentic))
        }
        guard let beat = fields(kind: kind, &reader) else { return .failure(.init(.malformed)) }
        return .success(beat)
    }

    /// `nil` where an enumeration has a value that this version does not know.
    private static func fields(kind: UInt8, _ reader: inout ByteReader) -> Beat? {
        guard let kind = Beat.Kind(rawValue: kind),
            let pairID: UInt64 = reader.take(), let nodeID: UInt64 = reader.take(),
            let bootID: UInt64 = reader.take(), let sequence: UInt64 = reader.take(),
            let challenge: UInt64 = reader.take(), let echo: UInt64 = reader.take(),
            let heardBootID: UInt64 = reader.take(), let heardSequence: UInt64 = reader.take(),
            let held: UInt32 = reader.take(), let loss: UInt16 = reader.take(),
            let roleValue: UInt8 = reader.take(), let role = Role(rawValue: roleValue),
            let readiness: UInt8 = reader.take(), let flags: UInt8 = reader.take()
        else { return nil }
        var beat = Beat(
            pairID: pairID,
            nodeID: nodeID,
            bootID: bootID,
            sequence: sequence,
            role: role
        )
        beat.kind = kind
        beat.challenge = challenge
        beat.echo = echo
        beat.heardBootID = heardBootID
        beat.heardSequence = heardSequence
        beat.heldMicroseconds = held
        beat.lossPermille = loss
        beat.readiness = ReadinessFlags(rawValue: readiness).symmetricDifference(.later)
        beat.isYielding = flags & Flag.yielding != 0
        beat.isContested = flags & Flag.contested != 0
        beat.isFenced = flags & Flag.fenced != 0
        return activity(&reader, into: beat)
    }

    private static func activity(_ reader: inout ByteReader, into header: Beat) -> Beat? {
        var beat = header
        guard let highestEpoch: UInt64 = reader.take(), let activation: UInt64 = reader.take(),
            let resigned: UInt64 = reader.take(), let active: UInt64 = reader.take(),
            let yielding: UInt32 = reader.take(), let reasonValue: UInt8 = reader.take(),
            let sessions: UInt32 = reader.take(),
            let success: UInt32 = reader.take(), let failure: UInt32 = reader.take(),
            let request: UInt32 = reader.take(), let refused: UInt32 = reader.take(),
            let refusalValue: UInt8 = reader.take(), let fenceValue: UInt8 = reader.take(),
            let outlives: UInt16 = reader.take(), let mac = reader.take(count: 6),
            let vipMAC = MACAddress(bytes: mac), let digest: UInt64 = reader.take()
        else { return nil }
        beat.highestEpoch = highestEpoch
        beat.activationEpoch = activation
        beat.resignedEpoch = resigned
        beat.activeMilliseconds = active
        beat.yieldingMicroseconds = yielding
        // A reason or a fence of a later minor version must not cost us the beat.
        beat.activationReason = ActivationReason(rawValue: reasonValue) ?? .none
        beat.clientSessions = sessions
        beat.checkSuccessAge = success
        beat.checkFailureAge = failure
        beat.requestID = request
        beat.refusedRequestID = refused
        beat.refusal = Refusal(rawValue: refusalValue) ?? .busy
        beat.fence = FenceKind(rawValue: fenceValue) ?? .none
        beat.fenceOutlives = outlives
        beat.vipMAC = vipMAC
        beat.configurationDigest = digest
        return beat
    }
}

/// A datagram that is no frame for us.
package struct FrameDecodingError: Error, Equatable {
    package let reason: FrameDropReason
    init(_ reason: FrameDropReason) { self.reason = reason }
}
