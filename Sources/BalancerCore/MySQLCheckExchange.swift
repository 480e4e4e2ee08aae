/// Reads the server's side of a `mysql-check`, in whatever pieces it arrives, and judges it.
///
/// As in HAProxy, the greeting must not be an error, and with a user the answer to the login must
/// not be one; everything else passes, a request to switch the authentication method (0xFE) too.
/// Stricter than HAProxy, which would wait for its time-out: what is no MySQL at all is an invalid
/// response at once.
package struct MySQLCheckExchange: CheckExchange {
    private enum Stage: Sendable, Equatable {
        case greeting
        case login(version: String)
        case decided(CheckVerdict)
    }

    private let expectsLogin: Bool
    private var stage = Stage.greeting
    private var buffer: [UInt8] = []

    package init(_ check: MySQLCheck) {
        expectsLogin = check.user != nil
    }

    /// See `CheckExchange`.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> CheckVerdict {
        if case .decided(let verdict) = stage { return verdict }
        buffer += bytes
        while let packet = takePacket() {
            switch stage {
            case .greeting: readGreeting(packet)
            case .login(let version): readLogin(packet, version)
            case .decided: break
            }
            if case .decided(let verdict) = stage { return verdict }
        }
        if case .decided(let verdict) = stage { return verdict }
        return .needsMore
    }

    /// See `CheckExchange`.
    package mutating func closed() -> CheckVerdict {
        if case .decided(let verdict) = stage { return verdict }
        let what = stage == .greeting ? "greeting" : "answer to the login"
        let part = buffer.isEmpty ? "no" : "only a part of the"
        return decide(.invalid(reason: "connection closed with \(part) \(what)"))
    }

    /// The payload of the next complete packet.
    private mutating func takePacket() -> ArraySlice<UInt8>? {
        guard buffer.count >= 3 else { return nil }
        let length = Int(buffer[0]) | Int(buffer[1]) << 8 | Int(buffer[2]) << 16
        guard (1...BalancerLimits.checkAnswerBytes).contains(length) else {
            _ = decide(.invalid(reason: "a packet of \(length) bytes is not a MySQL answer"))
            return nil
        }
        guard buffer.count >= 4 + length else { return nil }
        let payload = buffer[4..<(4 + length)]
        buffer.removeFirst(4 + length)
        return payload
    }

    private mutating func readGreeting(_ payload: ArraySlice<UInt8>) {
        if payload.first == 0xFF { return readError(payload) }
        // Protocol version 10, or 9 of the last century; then the version, ended by NUL.
        guard payload.first == 10 || payload.first == 9, let end = payload.firstIndex(of: 0) else {
            _ = decide(.invalid(reason: "the greeting is not one of MySQL"))
            return
        }
        let version = String(decoding: payload.dropFirst().prefix(upTo: end), as: UTF8.self)
        if expectsLogin {
            stage = .login(version: version)
        } else {
            _ = decide(.passed(info: version))
        }
    }

    private mutating func readLogin(_ payload: ArraySlice<UInt8>, _ version: String) {
        if payload.first == 0xFF { return readError(payload) }
        _ = decide(.passed(info: version))
    }

    /// 0xFF, the number (2, little endian), the message; since 4.1 with `#` and five characters of
    /// SQL state before it.
    private mutating func readError(_ payload: ArraySlice<UInt8>) {
        let fields = payload.dropFirst()
        guard let low = fields.first, let high = fields.dropFirst().first else {
            _ = decide(.invalid(reason: "an error packet without a number"))
            return
        }
        let message = String(decoding: fields.dropFirst(2), as: UTF8.self)
        _ = decide(.refused(status: Int(low) | Int(high) << 8, message: message))
    }

    private mutating func decide(_ verdict: CheckVerdict) -> CheckVerdict {
        stage = .decided(verdict)
        buffer = []
        return verdict
    }
}
