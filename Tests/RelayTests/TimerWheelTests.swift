import Relay
import Testing

@Suite struct TimerWheelTests {
    /// A wheel over a slab with `count` sessions, and the ticks at which it named each.
    private struct Bed: ~Copyable {
        var slab: SessionSlab
        var wheel: TimerWheel
        var fired: [UInt32: UInt32] = [:]

        init(count: Int, tick: UInt32) throws {
            slab = try SessionSlab(capacity: count)
            for _ in 0..<count { _ = slab.take() }
            wheel = unsafe TimerWheel(sessions: slab.base, tick: tick)
        }

        deinit {
            wheel.deallocate()
            slab.unmap()
        }

        /// Goes on as the loop does: to the next tick that the wheel asks for, until it is empty.
        mutating func run() -> Int {
            var turns = 0
            while let target = wheel.nextTick() {
                turns += 1
                while let index = wheel.nextDue(until: target) { fired[index] = wheel.tick }
            }
            return turns
        }
    }

    @Test(arguments: [0, 61, 4095, 262_143, UInt32.max - 100])
    func `every session is named at its tick, near or far, also when the clock wraps`(start: UInt32)
        throws
    {
        let distances: [UInt32] = [
            1, 2, 62, 63, 64, 65, 127, 128, 4095, 4096, 4097, 5000, 262_143, 262_144, 300_000,
        ]
        var bed = try Bed(count: distances.count, tick: start)
        for (index, distance) in distances.enumerated() {
            bed.wheel.schedule(UInt32(index), at: start &+ distance)
        }
        let turns = bed.run()
        for (index, distance) in distances.enumerated() {
            #expect(bed.fired[UInt32(index)] == start &+ distance)
        }
        // It sleeps in between instead of turning at each tick.
        #expect(turns < 100)
    }

    @Test func `what is over is named in the next tick, what is too far within the wheel's reach`()
        throws
    {
        var bed = try Bed(count: 2, tick: 1000)
        bed.wheel.schedule(0, at: 900)
        bed.wheel.schedule(1, at: 1000 &+ 1 << 30)
        _ = bed.run()
        #expect(bed.fired[0] == 1001)
        let reach: UInt32 = 16_777_215
        #expect(bed.fired[1] == 1000 + reach)
    }

    @Test func `a cancelled or moved session is not named at its old tick`() throws {
        var bed = try Bed(count: 3, tick: 0)
        for index in 0..<3 { bed.wheel.schedule(UInt32(index), at: 70) }
        bed.wheel.cancel(1)
        bed.wheel.schedule(2, at: 90)
        _ = bed.run()
        #expect(bed.fired == [0: 70, 2: 90])
        let next = bed.wheel.nextTick()
        #expect(next == nil)
    }

    @Test
    func `a session costs less than 200 bytes, and a slot's next life has another generation`()
        throws
    {
        #expect(MemoryLayout<Session>.stride <= 200)
        var slab = try SessionSlab(capacity: 2)
        defer { slab.unmap() }
        let taken = slab.take()
        let first = try #require(taken)
        let generation = unsafe slab.base[Int(first)].generation
        slab.give(back: first)
        let again = slab.take()
        let second = try #require(again)
        #expect(second == first)
        unsafe #expect(slab.base[Int(second)].generation != generation)
        let others = [slab.take(), slab.take()]
        #expect(others == [1, nil])
        #expect(slab.used == 2)
    }
}
