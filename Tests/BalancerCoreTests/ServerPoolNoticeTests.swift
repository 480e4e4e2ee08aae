import BalancerCore
import Testing

/// The texts and severities were taken from HAProxy 2.6.12 in the same situations.
@Suite struct ServerPoolNoticeTests {
    @Test func `servers that go down and come up are told as HAProxy tells it`() {
        var pool = upPool(rise: 1, fall: 2)
        #expect(pool.check("s1", Pools.refused).isEmpty)
        expect(
            pool.check("s1", Pools.refused),
            .alert,
            "Server b/s1 is DOWN, reason: Layer4 connection problem, "
                + "info: \"Connection refused\", check duration: 0ms. 0 active and 1 backup "
                + "servers left. Running on backup. 0 sessions active, 0 requeued, "
                + "0 remaining in queue."
        )
        _ = pool.check("s2", Pools.refused)
        let last = pool.check("s2", Pools.refused)
        expect(
            Array(last.prefix(1)),
            .alert,
            "Backup Server b/s2 is DOWN, reason: Layer4 connection problem, "
                + "info: \"Connection refused\", check duration: 0ms. 0 active and 0 backup "
                + "servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        )
        expect(Array(last.dropFirst()), .emergency, "proxy b has no server available!")
        expect(
            pool.check("s1", Pools.pass),
            .notice,
            "Server b/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and "
                + "0 backup servers online. 0 sessions requeued, 0 total in queue."
        )
        expect(
            pool.check("s2", Pools.pass),
            .notice,
            "Backup Server b/s2 is UP, reason: Layer4 check passed, check duration: 0ms. "
                + "1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue."
        )
    }

    @Test func `log-health-checks tells each change and the reason once`() {
        var pool = upPool(rise: 2, fall: 3, logsHealthChecks: true)
        let prefix =
            "Health check for server b/s1 failed, reason: Layer4 connection problem, "
            + "info: \"Connection refused\", check duration: 0ms, status: "
        expect(pool.check("s1", Pools.refused), .notice, prefix + "2/3 UP.")
        expect(pool.check("s1", Pools.refused), .notice, prefix + "1/3 UP.")
        let down = pool.check("s1", Pools.refused)
        expect(Array(down.prefix(1)), .notice, prefix + "0/2 DOWN.")
        expect(
            Array(down.dropFirst()),
            .alert,
            "Server b/s1 is DOWN. 0 active and 1 backup servers left. Running on backup. "
                + "0 sessions active, 0 requeued, 0 remaining in queue."
        )
        #expect(pool.check("s1", Pools.refused).isEmpty)
        expect(
            pool.check("s1", Pools.pass),
            .notice,
            "Health check for server b/s1 succeeded, reason: Layer4 check passed, "
                + "check duration: 0ms, status: 1/2 DOWN."
        )
        let up = pool.check("s1", Pools.pass)
        #expect(up.first?.text.hasSuffix("status: 3/3 UP.") == true)
        expect(
            Array(up.dropFirst()),
            .notice,
            "Server b/s1 is UP. 1 active and 1 backup servers online. "
                + "0 sessions requeued, 0 total in queue."
        )
        #expect(pool.check("s1", Pools.pass).isEmpty)
        expect(
            pool.check("s2", Pools.refused),
            .notice,
            "Health check for backup server b/s2 failed, reason: Layer4 connection problem, "
                + "info: \"Connection refused\", check duration: 0ms, status: 2/3 UP."
        )
    }

    @Test func `an answer of MySQL shows number and words`() {
        var pool = upPool(rise: 1, fall: 1)
        let denied = CheckOutcome(
            .layer7WrongStatus,
            status: 1045,
            duration: .milliseconds(42),
            info: "#28000Access denied"
        )
        let text = pool.check("s1", denied).first?.text ?? ""
        #expect(
            text.hasPrefix(
                "Server b/s1 is DOWN, reason: Layer7 wrong status, code: 1045, "
                    + "info: \"#28000Access denied\", check duration: 42ms. "
            )
        )
    }

    @Test func `the operator's changes are told as HAProxy tells them`() {
        var pool = upPool(rise: 1, fall: 1)
        expect(
            pool.setState("s1", .drain),
            .notice,
            "Server b/s1 enters drain state. 0 active and 1 backup servers online. "
                + "Running on backup. 0 sessions requeued, 0 total in queue."
        )
        expect(
            pool.setState("s1", .maintenance),
            .notice,
            "Server b/s1 is going DOWN for maintenance. 0 active and 1 backup servers left. "
                + "Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue."
        )
        let drained = pool.setState("s1", .drain)
        expect(
            Array(drained.prefix(1)),
            .notice,
            "Server b/s1 is DOWN/DRAIN (leaving forced maintenance)."
        )
        expect(
            Array(drained.dropFirst()),
            .notice,
            "Server b/s1 remains in forced drain mode."
        )
        let up = pool.check("s1", Pools.pass)
        #expect(up.first?.text.hasPrefix("Server b/s1 is UP, reason: Layer4 check passed") == true)
        expect(Array(up.dropFirst()), .notice, "Server b/s1 remains in forced drain mode.")
        expect(
            pool.setState("s1", .ready),
            .notice,
            "Server b/s1 is UP (leaving forced drain)."
        )
        #expect(pool.setState("s1", .ready).isEmpty)
        #expect(pool.setState("s1", .maintenance).first?.severity == .alert)
        expect(
            pool.setState("s1", .ready),
            .notice,
            "Server b/s1 is DOWN/READY (leaving forced maintenance)."
        )
        _ = pool.check("s1", Pools.refused)
        expect(
            pool.setState("s1", .maintenance),
            .notice,
            "Server b/s1 was DOWN and now enters maintenance."
        )
    }

    @Test func `no server available is said when the last first check has failed, and once`() {
        var pool = Pools.pool(Pools.servers(2, checked: true))
        expectNone(pool.check("s1", Pools.refused), containing: "no server available")
        let second = pool.check("s2", Pools.refused)
        expect(Array(second.dropFirst()), .emergency, "proxy b has no server available!")
        #expect(pool.check("s2", Pools.refused).isEmpty)
        _ = pool.check("s1", Pools.pass)
        _ = pool.check("s1", Pools.pass)
        let again = pool.setState("s1", .maintenance)
        #expect(again.last?.text == "proxy b has no server available!")
    }
}

/// `s1` active, `s2` backup, both up.
private func upPool(rise: Int, fall: Int, logsHealthChecks: Bool = false) -> ServerPool {
    var servers = Pools.servers(2, checked: true, rise: rise, fall: fall)
    servers[1].isBackup = true
    var pool = Pools.pool(servers, logsHealthChecks: logsHealthChecks)
    _ = pool.check("s1", Pools.pass)
    _ = pool.check("s2", Pools.pass)
    return pool
}

private func expect(
    _ notices: [HealthNotice],
    _ severity: HealthNotice.Severity,
    _ text: String,
    _ location: SourceLocation = #_sourceLocation
) {
    #expect(
        notices == [HealthNotice(severity: severity, text: text)],
        sourceLocation: location
    )
}

private func expectNone(_ notices: [HealthNotice], containing text: String) {
    #expect(!notices.contains { $0.text.contains(text) })
}
