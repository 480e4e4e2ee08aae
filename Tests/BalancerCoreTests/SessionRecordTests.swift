import BalancerCore
import Primitives
import Testing

@Suite struct SessionRecordTests {
    private let accepted = CivilTime(
        year: 2026,
        month: 11,
        day: 22,
        hour: 13,
        minute: 49,
        second: 9,
        millisecond: 378
    )

    // HAProxy 2.6.12 wrote this line for a client that fell silent.
    @Test func `a session is logged as HAProxy's tcplog logs it`() {
        var record = SessionRecord(
            client: Endpoint(.v4(0x7F00_0001), 44392),
            frontend: 0,
            backend: 0,
            server: ServerID(index: 0),
            acceptedAt: .zero,
            finishedAt: Instant(nanoseconds: 5_002_900_000),
            waitTime: .milliseconds(1),
            connectTime: .zero
        )
        record.bytesToClient = 89
        record.termination = TerminationCode(.clientTimeout, .data)
        record.processSessions = 1
        record.frontendSessions = 1
        let names = SessionRecord.Names(
            frontend: "galera_cluster",
            backend: "galera_cluster",
            server: "galera-node01"
        )
        #expect(
            record.tcpLogLine(names, acceptedAt: accepted)
                == "127.0.0.1:44392 [22/Nov/2026:13:49:09.378] galera_cluster "
                + "galera_cluster/galera-node01 1/0/5002 89 cD 1/1/0/0/0 0/0"
        )
    }

    // And this one for a session that went on to another server.
    @Test func `a redispatch puts a plus before the retries`() {
        var record = SessionRecord(
            client: Endpoint(.v4(0x7F00_0001), 47750),
            frontend: 0,
            backend: 0,
            server: ServerID(index: 1),
            acceptedAt: .zero,
            finishedAt: .zero,
            waitTime: .milliseconds(1),
            connectTime: .zero,
            bytesToClient: 1
        )
        record.retries = 1
        record.isRedispatched = true
        record.processSessions = 2
        record.frontendSessions = 2
        record.backendSessions = 1
        let names = SessionRecord.Names(frontend: "h", backend: "h", server: "s2")
        let time = CivilTime(
            year: 2026,
            month: 11,
            day: 24,
            hour: 3,
            minute: 29,
            second: 24,
            millisecond: 651
        )
        #expect(
            record.tcpLogLine(names, acceptedAt: time)
                == "127.0.0.1:47750 [24/Nov/2026:03:29:24.651] h h/s2 1/0/0 1 -- 2/2/1/0/+1 0/0"
        )
    }

    @Test func `what was never reached is -1 and NOSRV, and IPv6 has no brackets`() {
        var record = SessionRecord(
            client: Endpoint(IPAddress("::1") ?? .anyV6, 5),
            frontend: 0,
            acceptedAt: .zero,
            finishedAt: Instant(nanoseconds: 3_000_000)
        )
        record.termination = TerminationCode(.serverAbort, .connect)
        record.retries = 3
        let names = SessionRecord.Names(frontend: "f", backend: nil, server: nil)
        let time = CivilTime(
            year: 2026,
            month: 1,
            day: 2,
            hour: 0,
            minute: 0,
            second: 0,
            millisecond: 7
        )
        #expect(
            record.tcpLogLine(names, acceptedAt: time)
                == "::1:5 [02/Jan/2026:00:00:00.007] f f/<NOSRV> -1/-1/3 0 SC 0/0/0/0/3 0/0"
        )
    }

    @Test(arguments: [
        (TerminationCode.clean, "--"), (TerminationCode(.clientAbort, .data), "CD"),
        (TerminationCode(.serverAbort, .data), "SD"),
        (TerminationCode(.serverTimeout, .connect), "sC"),
        (TerminationCode(.serverTimeout, .queue), "sQ"),
        (TerminationCode(.killed, .none), "K-"), (TerminationCode(.down, .none), "D-"),
        (TerminationCode(.proxy, .last), "PL"), (TerminationCode(.resource, .tarpit), "RT"),
        (TerminationCode(.internalError, .request), "IR"), (TerminationCode(.up, .headers), "UH"),
    ])
    func `termination codes are HAProxy's letters`(_ code: TerminationCode, _ text: String) {
        #expect(code.description == text)
    }

    @Test func `the time of a syslog line pads the day by a space`() {
        let second = CivilTime(
            year: 2026,
            month: 2,
            day: 3,
            hour: 4,
            minute: 5,
            second: 6,
            millisecond: 0
        )
        #expect(second.text == "03/Feb/2026:04:05:06.000")
    }
}

extension SessionRecord {
    fileprivate func tcpLogLine(_ names: Names, acceptedAt: CivilTime) -> String {
        var line = ByteText()
        let acceptance = Acceptance(local: acceptedAt, utc: acceptedAt, second: 0)
        let around = Surroundings(hostName: "host", processID: 1)
        append(to: &line, .tcplog, names, acceptance, around)
        return String(decoding: line.bytes, as: UTF8.self)
    }
}

extension CivilTime {
    fileprivate var text: String {
        var text = ByteText()
        append(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
