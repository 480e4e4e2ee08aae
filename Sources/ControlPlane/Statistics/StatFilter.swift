/// The arguments of `show stat`: `domain proxy`, `<iid|name> <type mask> <sid>`, `up`, `no-maint`.
package struct StatFilter {
    private let proxy: String?
    private let proxyID: Int?
    /// One bit per `StatRow.Kind`; -1 has them all.
    private var kinds = -1
    private var serviceID = -1
    private var onlyUp = false
    private var withoutMaintenance = false

    /// The three selectors count only together and in front. Other words mean nothing, as in
    /// HAProxy.
    package init(_ arguments: [String]) {
        let hasSelectors = arguments.count >= 3
        proxy = hasSelectors ? arguments[0] : nil
        proxyID = proxy.map(Self.number)
        if hasSelectors {
            kinds = Self.number(arguments[1])
            serviceID = Self.number(arguments[2])
        }
        let options = arguments.dropFirst(hasSelectors ? 3 : 0)
        onlyUp = options.contains("up")
        withoutMaintenance = options.contains("no-maint")
    }

    /// - Parameter level: addresses and algorithms are not shown to everybody.
    static func reply(_ rows: [StatRow], arguments: [String], level: AccessLevel) -> String {
        var words = arguments[...]
        if words.first == "domain" {
            guard words.dropFirst().first == "proxy" else { return "Invalid statistics domain.\n" }
            words = words.dropFirst(2)
        }
        let filter = StatFilter(Array(words))
        guard filter.hasProxy(in: rows) else { return "No such proxy.\n" }
        var chosen = filter.counted(rows).filter(filter.matches)
        if level < .operator {
            for index in chosen.indices {
                chosen[index].address = nil
                chosen[index].algorithm = nil
            }
        }
        let form = StatisticsForm(words)
        switch form.kind {
        case .plain: return StatRow.csv(chosen)
        case .typed: return StatRow.typed(chosen, described: form.isDescribed)
        case .json: return StatRow.json(chosen)
        }
    }

    /// A name that nobody has is a number, and 0 is nobody's.
    private func hasProxy(in rows: [StatRow]) -> Bool {
        guard let proxy, proxyID == 0 else { return true }
        return rows.contains { $0.proxyName == proxy }
    }

    /// Where servers are left out, a backend's status tells how many of how many are up.
    private func counted(_ rows: [StatRow]) -> [StatRow] {
        guard onlyUp || withoutMaintenance else { return rows }
        return rows.map { row in
            guard row.kind == .backend else { return row }
            let servers = rows.filter { $0.kind == .server && $0.proxyID == row.proxyID }
            var row = row
            row.status += " (\(servers.count { !$0.isStopped })/\(servers.count))"
            return row
        }
    }

    /// Whether the row is asked for.
    package func matches(_ row: StatRow) -> Bool {
        if let proxy, row.proxyName != proxy, let proxyID {
            if proxyID == 0 { return false }
            if proxyID > 0, row.proxyID != proxyID { return false }
        }
        if kinds & (1 << row.kind.rawValue) == 0 { return false }
        if serviceID >= 0, row.serviceID != serviceID { return false }
        guard row.kind == .server else { return true }
        if onlyUp, row.isStopped { return false }
        return !(withoutMaintenance && row.status.hasPrefix("MAINT"))
    }

    /// The number that the word begins with, else 0: C's `atoi`.
    private static func number(_ word: String) -> Int {
        let sign = word.hasPrefix("-") || word.hasPrefix("+") ? word.prefix(1) : ""
        let digits = word.dropFirst(sign.count).prefix { $0.isASCII && $0.isNumber }
        return Int(sign + digits) ?? 0
    }
}

extension StatRow {
    /// Of a server: gets no sessions, as HAProxy has it.
    fileprivate var isStopped: Bool { status.hasPrefix("DOWN") || status.hasPrefix("MAINT") }
}
