import BalancerCore
import Primitives
import Testing

@Suite struct FirstServerTests {
    private let client = IPAddress.v4(1)

    @Test func `the place in the configuration decides, whatever the weights`() {
        var policy = FirstServer()
        policy.setWeight(1, of: 7, rank: 1)
        policy.setWeight(9, of: 3, rank: 2)
        policy.setWeight(1, of: 5, rank: 0)
        #expect(policy.pick(for: client, where: { _ in true }) == 5)
        #expect(policy.pick(for: client, where: { $0 != 5 }) == 7)
        policy.setWeight(0, of: 5, rank: 0)
        #expect(policy.pick(for: client, where: { $0 != 7 }) == 3)
        policy.setWeight(200, of: 5, rank: 0)
        #expect(policy.pick(for: client, where: { _ in true }) == 5)
        #expect(policy.pick(for: client, where: { _ in false }) == nil)
    }

    @Test func `a reload may change the order`() {
        var policy = FirstServer()
        policy.setWeight(1, of: 0, rank: 0)
        policy.setWeight(1, of: 1, rank: 1)
        policy.setWeight(1, of: 0, rank: 2)
        #expect(policy.pick(for: client, where: { _ in true }) == 1)
    }
}
