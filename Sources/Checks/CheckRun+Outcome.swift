internal import BalancerCore
internal import Glibc
internal import LinuxIO
internal import NIOCore
internal import Primitives

extension CheckRun {
    func outcome(_ code: CheckOutcome.Code, _ info: String = "") -> CheckOutcome {
        CheckOutcome(code, duration: .now - startedAt, info: info)
    }

    /// The connect failed: through the server or the way to it, or through this host.
    func outcome(connecting error: any Error) -> CheckOutcome {
        if case ChannelError.connectTimeout = error { return outcome(.layer4Timeout) }
        guard let error = error as? IOError else { return outcome(.socketError, "\(error)") }
        let reason = SystemError("connect", errno: error.errnoCode).reason
        switch error.errnoCode {
        case ETIMEDOUT:
            return outcome(.layer4Timeout)
        case ECONNREFUSED, ECONNRESET, ECONNABORTED, EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN:
            return outcome(.layer4ConnectionProblem, reason)
        default:
            return outcome(.socketError, reason)
        }
    }

    /// The connection broke before the outcome was known.
    func outcome(talking error: any Error) -> CheckOutcome {
        guard let error = error as? IOError else { return outcome(.socketError, "\(error)") }
        return outcome(.socketError, SystemError("read", errno: error.errnoCode).reason)
    }
}
