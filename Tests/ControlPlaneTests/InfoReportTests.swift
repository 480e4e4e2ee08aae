import ControlPlane
import Testing

struct InfoReportTests {
    /// As HAProxy 2.6 prints them; the last one is ours.
    private static let keys = """
        Name Version Release_date Nbthread Nbproc Process_num Pid Uptime Uptime_sec Memmax_MB \
        PoolAlloc_MB PoolUsed_MB PoolFailed Ulimit-n Maxsock Maxconn Hard_maxconn CurrConns \
        CumConns CumReq MaxSslConns CurrSslConns CumSslConns Maxpipes PipesUsed PipesFree ConnRate \
        ConnRateLimit MaxConnRate SessRate SessRateLimit MaxSessRate SslRate SslRateLimit \
        MaxSslRate SslFrontendKeyRate SslFrontendMaxKeyRate SslFrontendSessionReuse_pct \
        SslBackendKeyRate SslBackendMaxKeyRate SslCacheLookups SslCacheMisses CompressBpsIn \
        CompressBpsOut CompressBpsRateLim Tasks Run_queue Idle_pct node Stopping Jobs \
        Unstoppable_Jobs Listeners ActivePeers ConnectedPeers DroppedLogs BusyPolling \
        FailedResolutions TotalBytesOut TotalSplicdedBytesOut BytesOutRate DebugCommandsIssued \
        CumRecvLogs Build_info Memmax_bytes PoolAlloc_bytes PoolUsed_bytes Start_time_sec Tainted \
        Relay_engine
        """

    private static func report(uptime: Duration) -> InfoReport {
        var report = InfoReport(
            version: "0.1.0",
            releaseDate: "2026/11/24",
            threads: 2,
            pid: 4711,
            uptime: uptime,
            startedAt: WallTime(nanosecondsSinceEpoch: 1_795_490_175_900_000_000),
            nodeName: "vm"
        )
        report.engine = "io_uring"
        report.connectionsCurrent = 42
        report.memoryBytes = 12_000_000
        return report
    }

    @Test
    func `the keys are HAProxy's, in its order`() {
        let lines = Self.report(uptime: .zero).text.split(separator: "\n")
        let keys = lines.map { $0.prefix { $0 != ":" }.replacing(" ", with: "_") }
        #expect(keys.joined(separator: " ") == Self.keys)
    }

    @Test(arguments: [
        "Name: ha-balancer\n", "\nPid: 4711\n", "\nUptime: 1d 3h00m07s\nUptime_sec: 97207\n",
        "\nCurrConns: 42\n", "\nnode: vm\n", "\nPoolUsed_MB: 11\n",
        "\nStart_time_sec: 1795490175\n", "\nRelay_engine: io_uring\n",
    ])
    func `a value stands behind its key`(_ lines: String) {
        #expect(Self.report(uptime: .seconds(97_207)).text.contains(lines))
    }
}
