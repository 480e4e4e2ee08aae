internal import Primitives

/// Signs and checks frames. The key and the algorithm (HMAC-SHA256) live in the shell.
package protocol FrameAuthenticator {
    /// The 32-byte tag of `bytes` under the first key.
    func tag(for bytes: [UInt8]) -> [UInt8]
    /// Whether `tag` belongs to `bytes` under any of the keys, compared in constant time.
    func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool
}

/// The version of the frames: nodes of one major version understand each other.
///
/// A later minor version may append fields before the tag, use free bits of flags, and send further
/// kinds of frames; what an older node does not know it passes over. It may not add roles, and not
/// count on being understood. Anything else is a new major version.
package struct FrameVersion: Equatable, Sendable, CustomStringConvertible {
    package var major: UInt8
    package var minor: UInt8

    package init(_ major: UInt8, _ minor: UInt8) {
        self.major = major
        self.minor = minor
    }

    /// 1.1: the session ledger. 1.2: stick tables in it.
    package static let current = FrameVersion(1, 2)

    package var description: String { "\(major).\(minor)" }
}

/// Frames as bytes: a fixed header, fields in network byte order, and the tag at the end.
///
/// Fields that a higher minor version appends are passed over. A higher major version is dropped as
/// `version`.
package enum FrameCodec {
    /// "HABP"
    package static let magic: UInt32 = 0x4841_4250
    package static let tagLength = 32
    /// Magic, version, kind, length.
    package static let headerLength = 9
    /// In a frame: the pair, and behind it the node that sent it.
    package static let pairOffset = 9
    package static let nodeOffset = 17
    /// Header and fields of version 1.0, without the tag: no frame of this major version has fewer.
    static let contentLength = 157
    /// One beat; longer ones are none.
    package static let maximumLength = 512

    package static func encode(_ beat: Beat, by authenticator: some FrameAuthenticator) -> [UInt8] {
        var writer = ByteWriter(capacity: contentLength + tagLength)
        putHeader(kind: beat.kind.rawValue, contentLength: contentLength, &writer)
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

    package static func putHeader(
        kind: UInt8,
        contentLength: Int,
        _ writer: inout ByteWriter
    ) {
        writer.put(magic)
        writer.put(FrameVersion.current.major)
        writer.put(FrameVersion.current.minor)
        writer.put(kind)
        writer.put(UInt16(contentLength))
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
        do throws(FrameDecodingError) {
            var envelope = try FrameEnvelope(
                datagram,
                lengths: contentLength...(maximumLength - tagLength),
                by: authenticator
            )
            guard let kind = Beat.Kind(rawValue: envelope.kind) else { throw .init(.unknownKind) }
            guard var beat = fields(kind: kind, &envelope.reader) else { throw .init(.malformed) }
            beat.version = envelope.version
            return .success(beat)
        } catch {
            return .failure(error)
        }
    }

    /// `nil` where an enumeration has a value that this version does not know.
    private static func fields(kind: Beat.Kind, _ reader: inout ByteReader) -> Beat? {
        guard let pairID: UInt64 = reader.take(), let nodeID: UInt64 = reader.take(),
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
