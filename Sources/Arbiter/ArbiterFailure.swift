internal import Glibc
internal import LinuxIO
internal import NIOCore
internal import NIOHTTP1
internal import Primitives

/// Why an endpoint gave no answer that can be used.
struct ArbiterFailure: Error, CustomStringConvertible {
    /// What is told to the operator, without the endpoint's name.
    let description: String
    /// Whether the request may have arrived: what it wanted written may have been.
    let mayHaveArrived: Bool

    /// Not one byte of the request has left.
    static func unsent(_ reason: String) -> ArbiterFailure {
        ArbiterFailure(description: reason, mayHaveArrived: false)
    }

    static func unknown(_ reason: String) -> ArbiterFailure {
        ArbiterFailure(description: reason, mayHaveArrived: true)
    }

    /// The connection could not be made.
    init(connecting error: any Error, within limit: Duration) {
        switch error {
        case ChannelError.connectTimeout:
            self = .unsent("no connection within \(limit.milliseconds) ms")
        case let error as IOError:
            self = .unsent(SystemError("connect", errno: error.errnoCode).reason)
        default:
            self = .unsent("no connection: \(error)")
        }
    }

    /// It broke, or brought what cannot be an answer.
    init(talking error: any Error) {
        switch error {
        case let failure as ArbiterFailure: self = failure
        case HTTPParserError.invalidEOFState: self = .brokenOff
        case let error as IOError:
            self = .unknown(SystemError("read", errno: error.errnoCode).reason)
        default: self = .unknown("what it answers is not HTTP (\(error))")
        }
    }

    private init(description: String, mayHaveArrived: Bool) {
        self.description = description
        self.mayHaveArrived = mayHaveArrived
    }

    static func silent(for limit: Duration) -> ArbiterFailure {
        .unknown(
            "no answer within \(limit.milliseconds) ms: it hangs, or has no majority of its cluster"
        )
    }

    static let brokenOff = unknown("it closed the connection before its answer was complete")
    static let tooLong = unknown("its answer is longer than \(AnswerLimit.bytes) bytes")
    static let notEtcd = unknown("what it answers is not etcd's")
}
