extension StatColumn {
    private static let ends: Set<StatRow.Kind> = [.frontend, .backend]
    private static let balanced: Set<StatRow.Kind> = [.server, .backend]
    private static let every: Set<StatRow.Kind> = [.frontend, .server, .backend]

    /// The fixed columns in HAProxy's order, 0 to 102, and the `-` that ends them.
    static let all: [StatColumn] =
        toChecks + toTimes + toAggregates + [StatColumn("-") { _ in "-" }]

    /// 0 to 38
    private static let toChecks = [
        StatColumn("pxname", text: \.proxyName),
        StatColumn("svname", text: \.serviceName),
        StatColumn("qcur", \.queueCurrent),
        StatColumn("qmax", \.queueMaximum),
        StatColumn("scur") { "\($0.sessionsCurrent)" },
        StatColumn("smax") { "\($0.sessionsMaximum)" },
        StatColumn("slim", \.sessionsLimit),
        StatColumn("stot") { "\($0.sessionsTotal)" },
        StatColumn("bin") { "\($0.bytesIn)" },
        StatColumn("bout") { "\($0.bytesOut)" },
        StatColumn("dreq") { row in
            ends.contains(row.kind) ? "\(row.deniedRequests ?? 0)" : ""
        },
        StatColumn("dresp", zeroIn: every),
        StatColumn("ereq") { row in
            row.kind == .frontend ? "\(row.requestErrors ?? 0)" : ""
        },
        StatColumn("econ", \.connectionErrors),
        StatColumn("eresp", zeroIn: balanced),
        StatColumn("wretr", \.retries),
        StatColumn("wredis", \.redispatches),
        StatColumn("status", text: \.status),
        StatColumn("weight", \.weight),
        StatColumn("act", \.activeServers),
        StatColumn("bck", \.backupServers),
        StatColumn("chkfail", \.checkFailures),
        StatColumn("chkdown", \.downTransitions),
        StatColumn("lastchg", \.secondsSinceChange),
        StatColumn("downtime", \.downtimeSeconds),
        StatColumn("qlimit", \.queueLimit),
        // The number of the process, always 1, and not its id.
        StatColumn("pid") { _ in "1" },
        StatColumn("iid") { "\($0.proxyID)" },
        StatColumn("sid") { "\($0.serviceID)" },
        StatColumn("throttle", \.throttle),
        StatColumn("lbtot", \.selected),
        StatColumn("tracked"),
        StatColumn("type") { "\($0.kind.rawValue)" },
        StatColumn("rate") { "\($0.sessionRate)" },
        StatColumn("rate_lim", zeroIn: [.frontend]),
        StatColumn("rate_max") { "\($0.sessionRateMaximum)" },
        StatColumn("check_status", text: \.checkStatus),
        StatColumn("check_code", \.checkCode),
        StatColumn("check_duration", \.checkDurationMilliseconds),
    ]

    /// 39 to 72
    private static let toTimes =
        ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"]
        .map { StatColumn($0) }
        + [StatColumn("hanafail", \.observedFailures)]
        + ["req_rate", "req_rate_max", "req_tot"].map { StatColumn($0, zeroIn: [.frontend]) }
        + [
            StatColumn("cli_abrt", \.abortedByClient),
            StatColumn("srv_abrt", \.abortedByServer),
        ]
        + ["comp_in", "comp_out", "comp_byp", "comp_rsp"].map { StatColumn($0, zeroIn: ends) }
        + [
            // -1 is HAProxy's never.
            StatColumn("lastsess") { row in
                balanced.contains(row.kind) ? "\(row.secondsSinceLastSession ?? -1)" : ""
            },
            StatColumn("last_chk", text: \.lastCheck),
            StatColumn("last_agt", text: \.lastAgent),
            StatColumn("qtime", \.queueMilliseconds),
            StatColumn("ctime", \.connectMilliseconds),
            StatColumn("rtime", zeroIn: balanced),
            StatColumn("ttime", \.totalMilliseconds),
        ]
        + [
            StatColumn("agent_status", text: \.agentStatus),
            StatColumn("agent_code", \.agentCode),
            StatColumn("agent_duration", \.agentDurationMilliseconds),
            StatColumn("check_desc", text: \.checkDescription),
            StatColumn("agent_desc", text: \.agentDescription),
            StatColumn("check_rise", \.checkRise),
            StatColumn("check_fall", \.checkFall),
            StatColumn("check_health", \.checkHealth),
            StatColumn("agent_rise", \.agentRise),
            StatColumn("agent_fall", \.agentFall),
            StatColumn("agent_health", \.agentHealth),
        ]

    /// 73 to 102
    private static let toAggregates =
        [
            StatColumn("addr", text: \.address),
            StatColumn("cookie"),
            StatColumn("mode", text: \.mode),
            StatColumn("algo", text: \.algorithm),
            StatColumn("conn_rate", \.connectionRate),
            StatColumn("conn_rate_max", \.connectionRateMaximum),
            StatColumn("conn_tot", \.connectionsTotal),
            StatColumn("intercepted"),
            StatColumn("dcon", \.deniedConnections),
            StatColumn("dses", zeroIn: [.frontend]),
            StatColumn("wrew", zeroIn: every),
            StatColumn("connect", \.connectAttempts),
            StatColumn("reuse", zeroIn: balanced),
            StatColumn("cache_lookups"),
            StatColumn("cache_hits"),
            StatColumn("srv_icur", zeroIn: [.server]),
            StatColumn("src_ilim"),
            StatColumn("qtime_max", \.queueMillisecondsMaximum),
            StatColumn("ctime_max", \.connectMillisecondsMaximum),
            StatColumn("rtime_max", zeroIn: balanced),
            StatColumn("ttime_max", \.totalMillisecondsMaximum),
            StatColumn("eint", zeroIn: every),
            StatColumn("idle_conn_cur", zeroIn: [.server]),
            StatColumn("safe_conn_cur", zeroIn: [.server]),
            StatColumn("used_conn_cur", zeroIn: [.server]),
            StatColumn("need_conn_est", zeroIn: [.server]),
            StatColumn("uweight", \.userWeight),
        ]
        + ["agg_server_status", "agg_server_check_status", "agg_check_status"]
        .map { StatColumn($0, zeroIn: [.backend]) }
}
