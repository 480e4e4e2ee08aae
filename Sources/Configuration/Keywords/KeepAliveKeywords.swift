internal import Primitives

/// `clitcpka-cnt`, `srvtcpka-idle` and so on: what `option tcpka` leaves to the system.
enum KeepAliveKeywords {
    static let all: [Keyword<ProxyDraft>] =
        probes("clitcpka", .frontendSide) { $1(&$0.clientProbes) }
        + probes("srvtcpka", .backendSide) { $1(&$0.serverProbes) }

    private typealias Change = (inout KeepAlive) -> Void

    private static func probes(
        _ side: String,
        _ places: Places,
        _ change: @escaping @Sendable (inout ProxySettings, Change) -> Void
    ) -> [Keyword<ProxyDraft>] {
        [
            Keyword("\(side)-cnt", "<count>", in: places) {
                (proxy, arguments) throws(Complaint) in
                let (least, most) = (KeepAlive.counts.lowerBound, KeepAlive.counts.upperBound)
                let count = try arguments.integer(Int(least)...Int(most), "a count")
                change(&proxy.settings) { $0.count = Int32(count) }
            },
            Keyword("\(side)-idle", "<time>", in: places) {
                (proxy, arguments) throws(Complaint) in
                let seconds = try seconds(&arguments)
                change(&proxy.settings) { $0.idle = seconds }
            },
            Keyword("\(side)-intvl", "<time>", in: places) {
                (proxy, arguments) throws(Complaint) in
                let seconds = try seconds(&arguments)
                change(&proxy.settings) { $0.interval = seconds }
            },
        ]
    }

    /// Seconds if bare, as in HAProxy; the kernel knows no shorter ones.
    private static func seconds(_ arguments: inout Arguments) throws(Complaint) -> Int32 {
        let (least, most) = (KeepAlive.seconds.lowerBound, KeepAlive.seconds.upperBound)
        let time = try arguments.duration(
            .seconds(least)...(.seconds(most)),
            "a time of whole seconds such as 30s or 5m",
            bareUnit: "s"
        )
        return Int32(time.components.seconds)
    }
}
