import Lab
import Primitives
import Testing

/// What `show stat` tells of connects, times and rates, beside Debian's HAProxy.
extension BalancerSuites {
    @Suite struct SessionTimesComparisonTests {
        @Test func `connects, times and the busiest second are counted as there`() throws {
            let server = try database("one")
            defer { server.stop() }
            let both = try SideBySide([
                "retries 2", "option redispatch 0", "timeout queue 5s",
                "server s1 \(server.endpoint) maxconn 1", "server s2 127.0.0.1:9 backup",
            ])
            // One after the other: the first lasts, and the second waits for its place.
            for front in both.fronts {
                do {
                    var first: TestClient? = try TestClient(front)
                    #expect(try first?.isServed() == true)
                    let second = try TestClient(front)
                    Patience.pause(.milliseconds(300))
                    #expect(first?.isSilent(for: .zero) == true)
                    #expect(second.isSilent(for: .zero))
                    first = nil
                    #expect(try second.isServed())
                }
            }
            let isOver = try Patience.wait(.seconds(5)) {
                try both.statistics { $0.field("db", "FRONTEND", "scur") } == ("0", "0")
            }
            #expect(isOver)
            for name in ["connect", "econ", "wretr"] {
                let (ours, theirs) = try both.statistics { table in
                    ["s1", "BACKEND"].map { table.field("db", $0, name) }
                }
                #expect(ours == theirs, "\(name)")
            }
            // Their means of few sessions leave out how many have waited, and are twice too high.
            for row in ["s1", "BACKEND"] {
                for name in ["ctime", "qtime_max", "ctime_max", "ttime_max"] {
                    let (our, their) = try both.statistics {
                        $0.field("db", row, name).flatMap { Int($0) } ?? -1
                    }
                    #expect(our >= 0 && abs(our - their) < 60, "\(row) \(name): \(our) \(their)")
                }
                let (our, their) = try both.statistics { table in
                    ["qtime", "ttime"].map { Int(table.field("db", row, $0) ?? "") ?? -1 }
                }
                #expect((150..<200).contains(our[0]) && (300..<400).contains(our[1]), "\(row)")
                #expect(their[0] >= our[0] - 5 && their[1] >= our[1] - 5)
            }
            let (ours, theirs) = try both.statistics { table in
                [("FRONTEND", "conn_rate_max"), ("FRONTEND", "rate_max"), ("s1", "rate_max")].map {
                    table.field("db", $0.0, $0.1)
                }
            }
            for (our, their) in zip(ours, theirs) {
                // Two within 300 ms are in one second, or in two.
                #expect(["1", "2"].contains(our) && ["1", "2"].contains(their))
            }
        }
    }
}
