import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// Meters against outages of a known length.
@Suite(.serialized) struct MeterTests {
    @Test func `an outage of 300 ms is measured within 20 ms`() throws {
        let network = try LabNetwork([HostPlan.galera[0], .client])
        let host = network[HostPlan.galera[0]]
        var server: MySQLStandIn? = try MySQLStandIn(on: host)
        let meter = try OutageMeter(
            from: network[.client],
            to: Endpoint(host.address, 3306)
        )
        #expect(meter.waitForRecovery(timeout: .seconds(5)))
        #expect(meter.report.failureCount == 0)
        server?.stop()
        let began = Instant.now
        Patience.pause(.milliseconds(300))
        server = try MySQLStandIn(on: host)
        let length = Instant.now - began
        #expect(meter.waitForRecovery(timeout: .seconds(5)))
        let report = meter.stop()
        try #require(report.outages.count == 1, "\(report)")
        let difference = (report.outages[0].duration - length).fractionalMilliseconds
        #expect(abs(difference) < 20, "measured \(report.longest), caused \(length)")
        #expect(report.outages[0].answeredBy == "10.11.0-galera-node01")
        #expect(report.failures.keys.contains(.refused))
        server?.stop()
        try network.close()
    }

    @Test func `an outage of silence is measured too`() throws {
        let network = try LabNetwork([HostPlan.galera[0], .client])
        let host = network[HostPlan.galera[0]]
        let server = try MySQLStandIn(on: host)
        let meter = try OutageMeter(
            from: network[.client],
            to: Endpoint(host.address, 3306)
        )
        #expect(meter.waitForRecovery(timeout: .seconds(5)))
        let began = Instant.now
        try network.isolate(host)
        let cut = Instant.now
        Patience.pause(.milliseconds(400))
        let healing = Instant.now
        try network.unblockAll()
        let healed = Instant.now
        #expect(meter.waitForRecovery(timeout: .seconds(5)))
        let report = meter.stop()
        try #require(report.outages.count == 1, "\(report)")
        // nft takes a while on either side; a lost SYN of up to 250 ms before the heal may yet
        // fail, for its retransmission comes after 1 s.
        let length = report.outages[0].duration
        #expect(length > healing - cut - .milliseconds(20))
        #expect(length < healed - began + .milliseconds(20))
        #expect(report.failures.keys.contains(.timedOut))
        server.stop()
        try network.close()
    }

    @Test func `lost sessions are noticed with the moment and the reason`() throws {
        let network = try LabNetwork([HostPlan.galera[0], .client])
        let host = network[HostPlan.galera[0]]
        let server = try MySQLStandIn(on: host)
        let holder = try SessionHolder(
            20,
            from: network[.client],
            to: Endpoint(host.address, 3306)
        )
        #expect(holder.waitUntilOpen(timeout: .seconds(5)))
        Patience.pause(.milliseconds(600))
        #expect(holder.lost == 0)
        let before = Instant.now
        server.resetSessions()
        #expect(Patience.wait(.seconds(5)) { holder.lost == 20 })
        for session in holder.stop() {
            #expect(session.loss == .reset && session.node == "galera-node01")
            let noticed = try #require(session.lostAt) - before
            #expect(noticed > .zero && noticed < .milliseconds(100))
            #expect(session.answers >= 2 && session.longestPause < .milliseconds(200))
        }
        server.stop()
        try network.close()
    }

    @Test func `a session that becomes silent is lost and one that pauses is not`() throws {
        let network = try LabNetwork([HostPlan.galera[0], .client])
        let host = network[HostPlan.galera[0]]
        let server = try MySQLStandIn(on: host)
        let holder = try SessionHolder(
            5,
            from: network[.client],
            to: Endpoint(host.address, 3306)
        )
        #expect(holder.waitUntilOpen(timeout: .seconds(5)))
        try network.isolate(host)
        Patience.pause(.milliseconds(700))
        try network.unblockAll()
        #expect(Patience.wait(.seconds(4)) { holder.longestPause > .milliseconds(400) })
        #expect(holder.lost == 0)
        try network.isolate(host)
        #expect(Patience.wait(.seconds(8)) { holder.lost == 5 })
        #expect(holder.stop().allSatisfy { $0.loss == .silent })
        server.stop()
        try network.close()
    }
}
