/// The `log` line, in `global` and in proxies.
enum LogLine {
    static let usage = "<target> [len <bytes>] [format <format>] <facility> [<level> [<minlevel>]]"

    private static let facilities = LogFacility.allCases.map { (name: $0.name, value: $0) }
    private static let levels = LogLevel.allCases.map { (name: $0.name, value: $0) }

    static func parse(_ arguments: inout Arguments) throws(Complaint) -> LogTarget {
        let word = try arguments.word("a log target: ADDRESS[:PORT], stdout, stderr or a path")
        let destination = try destination(word)
        var length = 1024
        if arguments.take("len") {
            length = try arguments.integer(80...65_535, "the longest line in bytes")
        }
        var format = LogTarget.Format.local
        if arguments.take("format") {
            format = try arguments.choice(
                "log format",
                LogTarget.Format.allCases.map { (name: $0.rawValue, value: $0) }
            )
        }
        let facility = try arguments.choice("facility", facilities)
        let hasLevels = arguments.peek()?.text.isEmpty == false
        let maximum = hasLevels ? try arguments.choice("level", levels) : .debug
        let hasMinimum = arguments.peek()?.text.isEmpty == false
        let minimum = hasMinimum ? try arguments.choice("level", levels) : .emerg
        return LogTarget(
            destination: destination,
            format: format,
            facility: facility,
            maximumLevel: maximum,
            minimumLevel: minimum,
            maximumLength: length
        )
    }

    private static func destination(_ word: Word) throws(Complaint) -> LogTarget.Destination {
        switch word.text {
        case "stdout", "fd@1": return .standardOutput
        case "stderr", "fd@2": return .standardError
        case let path where path.hasPrefix("/"):
            guard path.utf8.count <= ConfigurationLimits.socketPathBytes else {
                let limit = ConfigurationLimits.socketPathBytes
                throw Complaint("the path is longer than \(limit) bytes", at: word.location)
            }
            return .unixSocket(path)
        default:
            let address = try AddressText(word)
            let port = address.port == nil ? 514 : try address.requiredPort()
            return .udp(try address.remoteHost(), port: port)
        }
    }
}
