import ControlPlane
import Testing

@Suite struct FenceStatusTests {
    private func report(_ fence: FenceStatus) -> StatusReport {
        var report = StatusReport.example
        report.pair?.nodes[0].fence = fence
        return report
    }

    @Test func `a fence as it should be is in the JSON and not in the way of people`() throws {
        let report = report(FenceStatus(kind: .deadline, outlivesMilliseconds: 250))
        #expect(StatusText(report).text == StatusText(.example).text)
        #expect(try StatusReport(json: report.json()) == report)
        let json = report.json()
        #expect(json.contains("\"outlivesMilliseconds\"") && json.contains("\"deadline\""))
    }

    @Test func `a weaker one is told with its reason, in the width of a terminal`() {
        let fault = "bpf the map of the fence: Operation not permitted"
        let fence = FenceStatus(kind: .addressLifetime, outlivesMilliseconds: 3050, fault: fault)
        let lines = StatusText(report(fence)).text.split(separator: "\n")
        let joined = lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
        #expect(joined.contains("fence: only the address lifetime, 3 s, \(fault)"))
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test func `a fenced node says so`() {
        var report = StatusReport.example
        report.pair?.nodes[0].role = .fenced
        #expect(StatusText(report).text.contains("fenced"))
    }
}
