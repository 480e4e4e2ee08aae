import Daemon
import Testing

@Suite struct VirtualSourcesTests {
    @Test(
        arguments: [
            (10_000...65_535, 10_000...37_767, 37_768...65_535), (1...2, 1...1, 2...2),
            (5...7, 5...5, 6...7), (0...65_535, 0...32_767, 32_768...65_535),
            (65_534...65_535, 65_534...65_534, 65_535...65_535),
        ] as [(ClosedRange<UInt16>, ClosedRange<UInt16>, ClosedRange<UInt16>)]
    )
    func `two nodes share the ports without a gap and without an overlap`(
        _ range: ClosedRange<UInt16>,
        _ lower: ClosedRange<UInt16>,
        _ upper: ClosedRange<UInt16>
    ) {
        #expect(VirtualSources.half(of: range, order: 0) == lower)
        #expect(VirtualSources.half(of: range, order: 1) == upper)
    }

    @Test func `one port cannot be shared, and an unknown range neither`() {
        #expect(VirtualSources.half(of: 7...7, order: 0) == nil)
        #expect(VirtualSources.half(of: nil, order: 1) == nil)
    }
}
