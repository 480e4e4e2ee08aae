internal import Primitives

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

    /// Appends what stands in front of the text.
    func appendHead(
        to line: inout ByteText,
        priority: Int,
        time: CivilTime,
        ident: String,
        pid: Int32
    ) {
        switch self {
        case .raw: return
        case .short:
            line.append("<")
            line.append(priority & 7)
            line.append(">")
            return
        case .local, .rfc3164: break
        }
        line.append("<")
        line.append(priority)
        line.append(">")
        time.appendSyslog(to: &line)
        if case .rfc3164(let host) = self {
            line.append(" ")
            line.append(host)
        }
        line.append(" ")
        line.append(ident)
        line.append("[")
        line.append(Int(pid))
        line.append("]: ")
    }
}
