package import LinuxIO

/// Why the daemon could not be asked, and what to do about it.
package enum RuntimeAPIClientError: Error, Equatable, CustomStringConvertible {
    /// No file there, or nobody behind it.
    case noDaemon(path: String)
    case permissionDenied(path: String)
    /// Connected, but no complete answer in time.
    case timedOut(path: String, after: Duration)
    /// The answer was cut off or beyond all bounds.
    case badAnswer(path: String)
    case system(SystemError)

    package var description: String {
        switch self {
        case .noDaemon(let path):
            """
            no daemon answers at \(path): is it running? Start it with 'systemctl start \
            ha-balancer' or 'ha-balancer run -f FILE'; if its 'stats socket' has another path, \
            give --socket PATH
            """
        case .permissionDenied(let path):
            """
            permission denied at \(path): run this command as root (sudo), or as the socket's owner
            """
        case .timedOut(let path, let limit):
            "the daemon at \(path) did not answer within \(limit): it is overloaded or hangs"
        case .badAnswer(let path):
            "the daemon at \(path) broke off its answer: it was stopped, or refused this connection"
        case .system(let error):
            "\(error)"
        }
    }
}
