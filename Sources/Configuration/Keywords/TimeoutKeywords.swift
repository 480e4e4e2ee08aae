/// `timeout NAME`
enum TimeoutKeywords {
    typealias Setter = @Sendable (inout Timeouts, Duration) -> Void

    static let all: [Keyword<ProxyDraft>] =
        [
            timeout("connect", .backendSide) { $0.connect = $1 },
            timeout("client", .frontendSide) { $0.client = $1 },
            timeout("server", .backendSide) { $0.server = $1 },
            timeout("client-fin", .frontendSide) { $0.clientFin = $1 },
            timeout("server-fin", .backendSide) { $0.serverFin = $1 },
            timeout("tunnel", .backendSide) { $0.tunnel = $1 },
            timeout("queue", .backendSide) { $0.queue = $1 },
            timeout("check", .backendSide) { $0.check = $1 },
        ]
        + ["http-request", "http-keep-alive", "tarpit"].map { name in
            Keyword("timeout \(name)", "<time>") { (_, arguments) throws(Complaint) in
                _ = try arguments.timeout()
                arguments.note(
                    "'timeout \(name)' has no effect here: it belongs to 'mode http'",
                    at: arguments.keyword
                )
            }
        }

    private static func timeout(
        _ name: String,
        _ places: Places,
        _ set: @escaping Setter
    ) -> Keyword<ProxyDraft> {
        Keyword("timeout \(name)", "<time>", in: places) { (proxy, arguments) throws(Complaint) in
            set(&proxy.settings.timeouts, try arguments.timeout())
        }
    }
}
