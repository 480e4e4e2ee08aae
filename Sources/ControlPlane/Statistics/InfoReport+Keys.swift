/// What `show info typed` and `json` tell of each key beside its value: HAProxy's numbers and tags.
extension InfoReport {
    struct Key: Sendable {
        let position: Int
        let mark: FieldMark

        init(_ position: Int, _ tags: String, _ type: FieldMark.ValueType, _ description: String) {
            self.position = position
            mark = FieldMark(tags, type, description)
        }
    }

    static let keys: [String: Key] = [
        "Name": Key(0, "POS", .str, "this program"),
        "Version": Key(1, "POS", .str, "its version"),
        "Release_date": Key(2, "POS", .str, "date of the version"),
        "Nbthread": Key(3, "CGS", .u32, "threads that relay"),
        "Nbproc": Key(4, "CGS", .u32, "processes, always 1"),
        "Process_num": Key(5, "KGP", .u32, "number of the process, always 1"),
        "Pid": Key(6, "SGP", .u32, "its number in the system"),
        "Uptime": Key(7, "MDP", .str, "since its start"),
        "Uptime_sec": Key(8, "MDP", .u32, "since its start, in seconds"),
        "Memmax_MB": Key(9, "CLP", .u32, "limit of memory in MiB, 0: none"),
        "PoolAlloc_MB": Key(10, "MGP", .u32, "memory of the process in MiB"),
        "PoolUsed_MB": Key(11, "MGP", .u32, "memory of the process in MiB"),
        "PoolFailed": Key(12, "MCP", .u32, "failed allocations"),
        "Ulimit-n": Key(13, "CLP", .u32, "most descriptors"),
        "Maxsock": Key(14, "CLP", .u32, "most sockets"),
        "Maxconn": Key(15, "CLP", .u32, "most connections of clients"),
        "Hard_maxconn": Key(16, "CLP", .u32, "most that Maxconn can be set to"),
        "CurrConns": Key(17, "MGP", .u32, "connections of clients now"),
        "CumConns": Key(18, "MCP", .u32, "connections of clients in all"),
        "CumReq": Key(19, "MCP", .u32, "requests in all"),
        "MaxSslConns": Key(20, "MMP", .u32, "most connections with TLS"),
        "CurrSslConns": Key(21, "MGP", .u32, "connections with TLS now"),
        "CumSslConns": Key(22, "MCP", .u32, "connections with TLS in all"),
        "Maxpipes": Key(23, "CLP", .u32, "most pipes for splice, 0: no limit"),
        "PipesUsed": Key(24, "MGP", .u32, "pipes in use"),
        "PipesFree": Key(25, "MGP", .u32, "pipes that wait for use"),
        "ConnRate": Key(26, "MRP", .u32, "connections of clients in the last second"),
        "ConnRateLimit": Key(27, "CLP", .u32, "limit of that"),
        "MaxConnRate": Key(28, "MMP", .u32, "most there were in a second"),
        "SessRate": Key(29, "MRP", .u32, "sessions in the last second"),
        "SessRateLimit": Key(30, "CLP", .u32, "limit of that"),
        "MaxSessRate": Key(31, "MRP", .u32, "most there were in a second"),
        "SslRate": Key(32, "MRP", .u32, "connections with TLS in the last second"),
        "SslRateLimit": Key(33, "CLP", .u32, "limit of that"),
        "MaxSslRate": Key(34, "MMP", .u32, "most there were in a second"),
        "SslFrontendKeyRate": Key(35, "MGP", .u32, "new keys of clients in the last second"),
        "SslFrontendMaxKeyRate": Key(36, "MMP", .u32, "most there were in a second"),
        "SslFrontendSessionReuse_pct": Key(
            37,
            "MGP",
            .u32,
            "percent of connections with TLS without a new key"
        ),
        "SslBackendKeyRate": Key(38, "MRP", .u32, "new keys of servers in the last second"),
        "SslBackendMaxKeyRate": Key(39, "MMP", .u32, "most there were in a second"),
        "SslCacheLookups": Key(40, "MCP", .u32, "questions to the cache of TLS"),
        "SslCacheMisses": Key(41, "MCP", .u32, "those without an answer"),
        "CompressBpsIn": Key(42, "MRP", .u32, "bytes to be compressed in the last second"),
        "CompressBpsOut": Key(43, "MRP", .u32, "bytes that were compressed in the last second"),
        "CompressBpsRateLim": Key(44, "CLP", .u32, "limit of that"),
        "Tasks": Key(47, "MGP", .u32, "tasks"),
        "Run_queue": Key(48, "MGP", .u32, "tasks that can run"),
        "Idle_pct": Key(49, "MaP", .u32, "percent of the last second without work"),
        "node": Key(50, "COS", .str, "this node's name"),
        "Stopping": Key(52, "MGP", .u32, "1 while it stops"),
        "Jobs": Key(53, "MGP", .u32, "sessions and listeners"),
        "Unstoppable Jobs": Key(54, "MGP", .u32, "those of a master"),
        "Listeners": Key(55, "MGP", .u32, "listeners"),
        "ActivePeers": Key(56, "MGP", .u32, "peers that are known"),
        "ConnectedPeers": Key(57, "MGP", .u32, "peers that are connected"),
        "DroppedLogs": Key(58, "MGP", .u32, "log lines that were dropped"),
        "BusyPolling": Key(59, "MGP", .u32, "1 if it polls without rest"),
        "FailedResolutions": Key(60, "MGP", .u32, "names that were not found"),
        "TotalBytesOut": Key(61, "MGP", .u64, "bytes to clients"),
        "TotalSplicdedBytesOut": Key(62, "MGP", .u64, "bytes that went by splice"),
        "BytesOutRate": Key(63, "MRP", .u64, "bytes to clients in the last second"),
        "DebugCommandsIssued": Key(64, "MGP", .u32, "debug commands"),
        "CumRecvLogs": Key(65, "MCP", .u32, "log lines received"),
        "Build info": Key(66, "POS", .str, "its version"),
        "Memmax_bytes": Key(67, "CLP", .u32, "limit of memory, 0: none"),
        "PoolAlloc_bytes": Key(68, "MGP", .u64, "memory of the process"),
        "PoolUsed_bytes": Key(69, "MGP", .u64, "memory of the process"),
        "Start_time_sec": Key(70, "MDP", .u32, "when it was started, in seconds since 1970"),
        "Tainted": Key(71, "SGP", .str, "experiments, always 0"),
        // Our own; HAProxy has numbers to spare below.
        "Relay_engine": Key(1000, "SOP", .str, "epoll or io_uring"),
    ]
}
