/// What an answer to a check says so far.
package enum CheckVerdict: Sendable, Equatable {
    /// Not decided yet: feed more.
    case needsMore
    /// The server is well: the number of its answer, 0 when it has none, and its words.
    case passed(status: Int = 0, info: String)
    /// The server answered, and with the wrong number; its words.
    case refused(status: Int, message: String)
    /// An agent has said what is to be done.
    case reported(AgentReport)
    /// Not an answer in the protocol of the check, only a part of one, or not what it should hold.
    case invalid(reason: String)
}

/// Reads the server's side of a check, in whatever pieces it arrives, and judges it. Once a verdict
/// is anything but `needsMore`, it stands.
package protocol CheckExchange: Sendable {
    /// The connection stands, and what the check says first was sent.
    mutating func begin() -> CheckVerdict
    /// Bytes have arrived.
    mutating func received(_ bytes: some Sequence<UInt8>) -> CheckVerdict
    /// The server closed its side.
    mutating func closed() -> CheckVerdict
    /// What is to be sent now, after each of the others; may be empty.
    mutating func takeOutput() -> [UInt8]
}

extension CheckExchange {
    /// Most say all at once and wait for an answer.
    package mutating func begin() -> CheckVerdict { .needsMore }
    package mutating func takeOutput() -> [UInt8] { [] }
}

extension CheckOutcome {
    /// The outcome that a verdict stands for; `nil` while it needs more.
    package init?(_ verdict: CheckVerdict, duration: Duration) {
        switch verdict {
        case .needsMore:
            return nil
        case .passed(let status, let info):
            self.init(.layer7OK, status: status, duration: duration, info: info)
        case .refused(let status, let message):
            self.init(.layer7WrongStatus, status: status, duration: duration, info: message)
        case .reported(let report):
            self = report.outcome(duration)
        case .invalid(let reason):
            self.init(.layer7InvalidResponse, duration: duration, info: reason)
        }
    }
}
