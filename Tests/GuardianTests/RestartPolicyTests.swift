import Guardian
import Testing

@Suite struct RestartPolicyTests {
    @Test func `each death in a row waits twice as long, and the eighth is a fault`() {
        var policy = RestartPolicy()
        let delays = (0..<9).map { _ in policy.delay(afterLifeOf: .milliseconds(3)) }
        let expected: [Int64] = [100, 200, 400, 800, 1600, 3200, 6400, 300_000, 300_000]
        #expect(delays == expected.map { .milliseconds($0) })
        #expect(policy.isInFault)
    }

    @Test func `a loop without end never overflows`() {
        var policy = RestartPolicy()
        for _ in 0..<10_000 { _ = policy.delay(afterLifeOf: .zero) }
        #expect(policy.delay(afterLifeOf: .zero) == .seconds(300))
    }

    @Test func `a life of a minute clears the record`() {
        var policy = RestartPolicy()
        for _ in 0..<5 { _ = policy.delay(afterLifeOf: .seconds(59)) }
        #expect(policy.delay(afterLifeOf: .seconds(59)) == .milliseconds(3200))
        #expect(policy.delay(afterLifeOf: .seconds(60)) == .milliseconds(100))
        #expect(policy.consecutiveDeaths == 1)
        for _ in 0..<9 { _ = policy.delay(afterLifeOf: .zero) }
        #expect(policy.isInFault)
        #expect(policy.delay(afterLifeOf: .seconds(61)) == .milliseconds(100))
        #expect(!policy.isInFault)
    }
}
