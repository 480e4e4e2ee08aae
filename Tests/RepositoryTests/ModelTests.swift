import Testing

/// The protocol of the pair in Promela (docs/model).
@Suite struct ModelTests {
    @Test func `spin finds no schedule with two holders, and one for each rule taken away`() {
        let run = Command("\(Repository.root)/docs/model/run.sh").run()
        print(run.output)
        #expect(run.status == 0, "\(run.output)")
        let verdicts = run.output.split(separator: "\n").filter { $0.hasPrefix("ok") }
        // Both kinds are there: what holds, and what has to break.
        #expect(verdicts.count { $0.contains(" holds ") } >= 6)
        #expect(verdicts.count { $0.contains(" breaks ") } >= 14)
    }
}
