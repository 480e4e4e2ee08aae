// HAProxy's keywords that do nothing here or that this version refuses.
extension ProxyKeywords {
    static let noEffect: [Keyword<ProxyDraft>] =
        Keyword.noEffect(
            "it belongs to 'mode http'",
            """
            errorfile errorfiles errorloc errorloc302 errorloc303 compression http-reuse
            max-keep-alive-queue http-send-name-header unique-id-header
            """
        )
        + Keyword.noEffect("the worker threads take every listener", "bind-process")

    static let notYet: [Keyword<ProxyDraft>] =
        Keyword.notYet(
            "every connection goes to 'default_backend'",
            "use_backend use-server tcp-response"
        )
        + Keyword.notYet(
            "use 'tcp-request connection' or 'tcp-request content'",
            family: "tcp-request",
            "session"
        )
        + Keyword.notYet("write each server on a line of its own", "server-template")
        + Keyword.notYet("write it in 'global'", "log-tag")
        + Keyword.notYet(
            """
            dispatch email-alert error-log-format filter force-persist
            id ignore-persist log-format-sd persist rate-limit retry-on
            transparent unique-id-format
            """
        )

    /// Would never do anything in `mode tcp`, and means that `mode http` was expected. Whether the
    /// section may say it is known at its end, see `ProxyDraft.isHTTPPage`.
    static let notHere: [Keyword<ProxyDraft>] = [
        "capture", "cookie", "appsession", "declare", "http-request", "http-response",
        "http-after-response", "http-error", "redirect", "use-fcgi-app", "reqadd", "rspadd",
        "monitor-uri", "monitor",
    ].map { name in
        Keyword(name, no: { _ in }) { (proxy, arguments) throws(Complaint) in
            let complaint = Complaint(
                "'\(name)' is not supported by this version: it belongs to 'mode http', and only"
                    + " TCP is balanced here",
                at: arguments.keyword
            )
            guard proxy.kind != .defaults else { throw complaint }
            proxy.httpOnly.append(complaint)
            arguments.ignoresRest = true
        }
    }

    /// The statistics page: these lines are read, and no page is served yet.
    static let statsPage: [Keyword<ProxyDraft>] = [
        "enable", "uri", "realm", "auth", "refresh", "scope", "hide-version", "show-node",
        "show-legends", "show-desc", "show-modules", "admin", "http-request",
    ].map { name in
        Keyword("stats \(name)", no: { _ in }) { (proxy, arguments) in
            if proxy.settings.statsPage == nil { proxy.settings.statsPage = arguments.keyword }
            arguments.ignoresRest = true
        }
    }
}
