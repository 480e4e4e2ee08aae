import ControlPlane
import Testing

/// The expected lines were printed by HAProxy 2.6 for the same state, up to the `-` column.
struct StatRowTests {
    private static let header =
        "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,"
        + "wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,"
        + "throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,"
        + "check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,"
        + "req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,"
        + "lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,"
        + "agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,"
        + "agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,"
        + "intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,"
        + "qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,"
        + "need_conn_est,uweight,agg_server_status,agg_server_check_status,agg_check_status,-,\n"

    private static let frontend: StatRow = {
        var row = StatRow(
            .frontend,
            proxy: "galera_cluster",
            service: "FRONTEND",
            proxyID: 2,
            status: "OPEN"
        )
        row.sessionsLimit = 9984
        row.connectionRate = 0
        row.connectionRateMaximum = 0
        row.connectionsTotal = 0
        row.deniedConnections = 0
        return row
    }()

    private static let server: StatRow = {
        var row = balanced(.server, "galera-node03", status: "no check")
        row.serviceID = 3
        row.secondsSinceChange = 3
        row.address = "127.0.0.1:13003"
        return row
    }()

    private static let backend: StatRow = {
        var row = balanced(.backend, "BACKEND", status: "UP")
        row.sessionsLimit = 999
        row.downTransitions = 0
        row.secondsSinceChange = 3
        row.downtimeSeconds = 0
        row.algorithm = "roundrobin"
        return row
    }()

    private static func balanced(
        _ kind: StatRow.Kind,
        _ service: String,
        status: String
    ) -> StatRow {
        var row = StatRow(
            kind,
            proxy: "galera_cluster",
            service: service,
            proxyID: 2,
            status: status
        )
        row.queueCurrent = 0
        row.queueMaximum = 0
        row.connectionErrors = 0
        row.retries = 0
        row.redispatches = 0
        row.abortedByClient = 0
        row.abortedByServer = 0
        row.weight = 1
        row.userWeight = 1
        row.activeServers = 1
        row.backupServers = 0
        row.selected = 0
        row.connectAttempts = 0
        row.queueMilliseconds = 0
        row.connectMilliseconds = 0
        row.totalMilliseconds = 0
        row.queueMillisecondsMaximum = 0
        row.connectMillisecondsMaximum = 0
        row.totalMillisecondsMaximum = 0
        return row
    }

    @Test
    func `the columns are HAProxy's, in its order, each with a comma behind it`() {
        #expect(StatRow.csv([]) == Self.header)
    }

    @Test(arguments: [
        (
            frontend,
            "galera_cluster,FRONTEND,,,0,0,9984,0,0,0,0,0,0,,,,,OPEN,,,,,,,,,1,2,0,,,,0,0,0,0,,,,,"
                + ",,,,,,0,0,0,,,0,0,0,0,,,,,,,,,,,,,,,,,,,,,tcp,,0,0,0,,0,0,0,,,,,,,,,,,0,,,,,,,,"
                + ",-,\n"
        ),
        (
            server,
            "galera_cluster,galera-node03,0,0,0,0,,0,0,0,,0,,0,0,0,0,no check,1,1,0,,,3,,,1,2,3,,"
                + "0,,2,0,,0,,,,,,,,,,,,,,0,0,,,,,-1,,,0,0,0,0,,,,,,,,,,,,127.0.0.1:13003,,tcp,,,,"
                + ",,,,0,0,0,,,0,,0,0,0,0,0,0,0,0,0,1,,,,-,\n"
        ),
        (
            backend,
            "galera_cluster,BACKEND,0,0,0,0,999,0,0,0,0,0,,0,0,0,0,UP,1,1,0,,0,3,0,,1,2,0,,0,,1,0,"
                + ",0,,,,,,,,,,,,,,0,0,0,0,0,0,-1,,,0,0,0,0,,,,,,,,,,,,,,tcp,roundrobin,,,,,,,0,0,"
                + "0,,,,,0,0,0,0,0,,,,,1,0,0,0,-,\n"
        ),
    ])
    func `a row is HAProxy's, byte for byte`(row: StatRow, line: String) {
        #expect(row.csv == line)
    }

    @Test
    func `every row has as many columns as the header`() {
        var row = Self.server
        row.lastCheck = "plain"
        let count = Self.header.split(separator: ",", omittingEmptySubsequences: false).count
        #expect(count == 105)
        for row in [row, Self.frontend, Self.backend] {
            #expect(row.csv.split(separator: ",", omittingEmptySubsequences: false).count == count)
        }
    }

    @Test(arguments: [
        ("Connection refused", "Connection refused"),
        ("one, two", "\"one, two\""),
        ("say \"no\"", "\"say \"\"no\"\"\""),
        ("line\nbreak", "\"line break\""),
        ("#28000Access denied", "#28000Access denied"),
    ])
    func `a text of a server cannot break out of its column`(text: String, column: String) {
        var row = Self.server
        row.lastCheck = text
        // `lastsess`, the text, no `last_agt`, `qtime`.
        #expect(row.csv.contains(",-1,\(column),,0,"))
    }

    @Test(arguments: [
        ([], "FRONTEND galera-node03 BACKEND"),
        (["-1", "4", "-1"], "galera-node03"),
        (["2", "1", "-1"], "FRONTEND"),
        (["3", "-1", "-1"], ""),
        (["galera_cluster", "3", "-1"], "FRONTEND BACKEND"),
        (["-1", "4", "2"], ""),
        (["-1", "4", "3"], "galera-node03"),
        (["2", "1"], "FRONTEND galera-node03 BACKEND"),
        (["foo", "bar"], "FRONTEND galera-node03 BACKEND"),
        (["up"], "FRONTEND galera-node03 BACKEND"),
    ])
    func `the selectors choose rows`(arguments: [String], names: String) {
        let filter = StatFilter(arguments)
        let rows = [Self.frontend, Self.server, Self.backend].filter(filter.matches)
        #expect(rows.map(\.serviceName).joined(separator: " ") == names)
    }

    @Test(arguments: [
        ("DOWN", "up", false), ("MAINT", "up", false), ("UP 1/3", "up", true),
        ("MAINT (via a/b)", "no-maint", false), ("DOWN", "no-maint", true),
    ])
    func `up and no-maint leave servers out`(status: String, word: String, isShown: Bool) {
        var row = Self.server
        row.status = status
        #expect(StatFilter([word]).matches(row) == isShown)
    }
}
