/// The arguments of `show stat`: `<iid|name> <type mask> <sid>`, `up`, `no-maint`.
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
        if arguments.count >= 3, let kinds = Int(arguments[1]), let serviceID = Int(arguments[2]) {
            proxyID = Int(arguments[0])
            proxy = proxyID == nil ? arguments[0] : nil
            self.kinds = kinds
            self.serviceID = serviceID
        } else {
            proxyID = nil
            proxy = nil
        }
        onlyUp = arguments.contains("up")
        withoutMaintenance = arguments.contains("no-maint")
    }

    static func reply(_ rows: [StatRow], arguments: [String]) -> String {
        let filter = StatFilter(arguments)
        if let proxy = filter.proxy, !rows.contains(where: { $0.proxyName == proxy }) {
            return "No such proxy.\n"
        }
        return StatRow.csv(rows.filter(filter.matches))
    }

    /// Whether the row is asked for.
    package func matches(_ row: StatRow) -> Bool {
        if let proxy, row.proxyName != proxy { return false }
        if let proxyID, proxyID > 0, row.proxyID != proxyID { return false }
        if kinds & (1 << row.kind.rawValue) == 0 { return false }
        if serviceID >= 0, row.serviceID != serviceID { return false }
        guard row.kind == .server else { return true }
        if onlyUp, row.status.hasPrefix("DOWN") || row.status.hasPrefix("MAINT") { return false }
        return !(withoutMaintenance && row.status.hasPrefix("MAINT"))
    }
}
