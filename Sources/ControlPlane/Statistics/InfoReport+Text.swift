extension InfoReport {
    /// `Key: value` lines in HAProxy's order. What there is not (TLS, compression, peers) is 0.
    package var text: String { text(StatisticsForm([])) }

    /// As `typed`, `json` and `desc` have it.
    func text(_ form: StatisticsForm) -> String {
        let fields = lines.map { key, value in
            guard let entry = Self.keys[key] else { preconditionFailure("unknown key \(key)") }
            return TypedField(
                owner: nil,
                position: entry.position,
                name: key,
                mark: entry.mark,
                value: value
            )
        }
        switch form.kind {
        case .plain:
            return fields.map { field in
                let description = form.isDescribed ? ":\"\(field.mark.description)\"" : ""
                return "\(field.name): \(field.value)\(description)\n"
            }.joined()
        case .typed: return fields.map { $0.line(described: form.isDescribed) }.joined()
        case .json: return "[" + fields.map(\.json).joined(separator: ",") + "]\n"
        }
    }

    private var lines: Lines { process + connections + absent + runtime }

    private typealias Lines = [(key: String, value: String)]

    private var process: Lines {
        let megabytes = "\(memoryBytes >> 20)"
        return [
            ("Name", name), ("Version", haproxyVersion), ("Release_date", releaseDate),
            ("Nbthread", "\(threads)"), ("Nbproc", "1"), ("Process_num", "1"), ("Pid", "\(pid)"),
            ("Uptime", uptimeText), ("Uptime_sec", "\(uptime.components.seconds)"),
            ("Memmax_MB", "0"), ("PoolAlloc_MB", megabytes), ("PoolUsed_MB", megabytes),
            ("PoolFailed", "0"), ("Ulimit-n", "\(descriptorLimit)"), ("Maxsock", "\(socketLimit)"),
            ("Maxconn", "\(connectionLimit)"), ("Hard_maxconn", "\(connectionLimit)"),
        ]
    }

    private var connections: Lines {
        [
            ("CurrConns", "\(connectionsCurrent)"), ("CumConns", "\(connectionsTotal)"),
            ("CumReq", "\(requestsTotal)"), ("MaxSslConns", "0"), ("CurrSslConns", "0"),
            ("CumSslConns", "0"), ("Maxpipes", "\(pipesMaximum)"), ("PipesUsed", "\(pipesUsed)"),
            ("PipesFree", "\(pipesFree)"), ("ConnRate", "\(connectionRate)"),
            ("ConnRateLimit", "0"), ("MaxConnRate", "\(connectionRateMaximum)"),
            ("SessRate", "\(sessionRate)"), ("SessRateLimit", "0"),
            ("MaxSessRate", "\(sessionRateMaximum)"),
        ]
    }

    private var absent: Lines {
        [
            "SslRate", "SslRateLimit", "MaxSslRate", "SslFrontendKeyRate", "SslFrontendMaxKeyRate",
            "SslFrontendSessionReuse_pct", "SslBackendKeyRate", "SslBackendMaxKeyRate",
            "SslCacheLookups", "SslCacheMisses", "CompressBpsIn", "CompressBpsOut",
            "CompressBpsRateLim", "Tasks", "Run_queue",
        ].map { ($0, "0") }
    }

    private var runtime: Lines {
        [
            ("Idle_pct", "\(idlePercent)"), ("node", nodeName),
            ("Stopping", isStopping ? "1" : "0"),
            ("Jobs", "\(jobs)"), ("Unstoppable Jobs", "0"), ("Listeners", "\(listeners)"),
            ("ActivePeers", "0"), ("ConnectedPeers", "0"), ("DroppedLogs", "\(droppedLogs)"),
            ("BusyPolling", "0"), ("FailedResolutions", "0"), ("TotalBytesOut", "\(bytesOut)"),
            // HAProxy's spelling.
            ("TotalSplicdedBytesOut", "\(bytesSpliced)"), ("BytesOutRate", "\(bytesOutRate)"),
            ("DebugCommandsIssued", "0"), ("CumRecvLogs", "0"), ("Build info", version),
            ("Memmax_bytes", "0"), ("PoolAlloc_bytes", "\(memoryBytes)"),
            ("PoolUsed_bytes", "\(memoryBytes)"),
            ("Start_time_sec", "\(startedAt.nanosecondsSinceEpoch / 1_000_000_000)"),
            ("Tainted", "0"), ("Relay_engine", engine),
        ]
    }

    /// `0d 0h00m07s`
    private var uptimeText: String {
        let seconds = uptime.components.seconds
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60)
        return "\(seconds / 86_400)d \(seconds / 3600 % 24)h\(two(minutes))m\(two(rest))s"
    }
}
