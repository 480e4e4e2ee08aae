/// What the line of an agent says (`agent-check` of HAProxy's manual): words between blanks, tabs
/// and commas, in any order; of a kind the last one counts.
package struct AgentReport: Sendable, Equatable {
    /// `75%`: of the weight in the configuration, 0 or more.
    package var weightPercent: Int?
    /// `maxconn:30`; 0 is no limit.
    package var maxConnections: Int?
    /// `ready`, `drain`, `maint`
    package var state: AdministrativeState?
    /// `up`; or `down`, `fail`, `stopped`
    package var isUp: Bool?
    /// That word, as the agent wrote it.
    private var word = ""
    /// What follows `#`, or the first word that means nothing, which ends the line.
    private var comment = ""
    private var isMistaken = false
    /// What is wrong with a value.
    private var warning: String?

    /// - Parameter line: without its end
    package init(_ line: String) {
        var rest = line[...]
        while let first = rest.first {
            if first == " " || first == "\t" || first == "," {
                rest.removeFirst()
                continue
            }
            guard first != "#" else {
                comment = String(rest.dropFirst().drop { $0 == " " || $0 == "\t" })
                return
            }
            let word = rest.prefix { $0 != " " && $0 != "\t" && $0 != "," }
            rest = rest.dropFirst(word.count)
            guard take(String(word)) else {
                comment = String(word)
                isMistaken = true
                return
            }
        }
    }

    /// Whether it means something.
    private mutating func take(_ word: String) -> Bool {
        switch word.lowercased() {
        case "up": health(true, word)
        case "down", "fail", "stopped": health(false, word)
        case "ready": state = .ready
        case "drain": state = .drain
        case "maint": state = .maintenance
        case let word where word.hasPrefix("maxconn:"):
            maxConnections = number(word.dropFirst(8), of: "maxconn")
        case let word where word.first?.isNumber == true && word.contains("%"):
            let digits = word.prefix { $0 != "%" }
            weightPercent = number(word == digits + "%" ? digits : word[...], of: "weight")
        default: return false
        }
        return true
    }

    private mutating func health(_ isUp: Bool, _ word: String) {
        self.isUp = isUp
        self.word = word
    }

    /// HAProxy's words for what is none (`server_parse_maxconn_change_request`).
    private mutating func number(_ digits: Substring, of what: String) -> Int? {
        if let number = Int(digits), number >= 0 { return number }
        let startsWell = digits.first?.isNumber == true
        warning =
            startsWell
            ? "Trailing garbage in \(what) string"
            : "\(what) string empty or preceded by garbage"
        return nil
    }

    /// As `show stat` and the log have it.
    package func outcome(_ duration: Duration) -> CheckOutcome {
        let isDown = isUp == false
        // What a server is down for is not to be displaced.
        let remark =
            isDown ? comment : isMistaken ? comment : warning ?? (isUp == true ? comment : "")
        guard let isUp else {
            let kind = isMistaken ? "agent reports an error : " : "agent warns : "
            let info = isMistaken || warning != nil ? kind + remark : ""
            return CheckOutcome(.checked, duration: duration, info: info, report: self)
        }
        return CheckOutcome(
            isUp ? .layer7OK : .layer7WrongStatus,
            duration: duration,
            info: "via agent : \(word)\(remark.isEmpty ? "" : " (\(remark))")",
            report: self
        )
    }
}

/// `agent-check`: sends `agent-send` and reads one line.
package struct AgentExchange: TextCheckExchange {
    package var buffer: [UInt8] = []
    package var verdict = CheckVerdict.needsMore

    /// Nothing has come yet.
    package init() {}

    /// See `TextCheckExchange`.
    package mutating func decide(isLast: Bool) {
        if let end = buffer.firstIndex(where: { $0 == 10 || $0 == 13 }) {
            let line = String(decoding: buffer[..<end], as: UTF8.self)
            verdict = .reported(AgentReport(line))
        } else if isLast {
            // HAProxy's words; its first step is what it sends.
            verdict = .invalid(
                reason: buffer.isEmpty
                    ? "TCPCHK got an empty response at step 2"
                    : "Ignoring incomplete line from agent"
            )
        }
    }
}
