/// How a line is dressed for its target: HAProxy's `format` keyword on a `log` line.
package enum LogFormat: Sendable, Equatable {
    /// `<PRI>Mon dd hh:mm:ss ident[pid]: text`, what HAProxy sends unless told otherwise.
    case local
    /// The same with the name of the host behind the time, as RFC 3164 has it.
    case rfc3164(hostName: String)
    /// `<severity>text`, which systemd's journal understands.
    case short
    /// The text alone.
    case raw

    /// The finished line without its line end.
    func line(
        _ text: some StringProtocol,
        priority: Int,
        time: LocalTime,
        ident: String,
        pid: Int32
    ) -> String {
        switch self {
        case .local: "<\(priority)>\(time.syslog) \(ident)[\(pid)]: \(text)"
        case .rfc3164(let host): "<\(priority)>\(time.syslog) \(host) \(ident)[\(pid)]: \(text)"
        case .short: "<\(priority & 7)>\(text)"
        case .raw: String(text)
        }
    }
}
