import Glibc
import LinuxIO
import Primitives
import Synchronization
import Testing

@Suite struct MonotonicClockTests {
    @Test func `an instant is the nanoseconds of the kernel's monotonic clock`() {
        let before = kernelNanoseconds()
        let now = Instant.now.nanoseconds
        let after = kernelNanoseconds()
        #expect(before <= now && now <= after)
        #expect(now > 0)
    }

    @Test func `time never goes back`() {
        var last = Instant.now
        for _ in 0..<100_000 {
            let now = Instant.now
            guard now >= last else {
                Issue.record("\(now) after \(last)")
                return
            }
            last = now
        }
    }

    @Test func `what another thread reads later is not earlier`() throws {
        let reading = Reading()
        let before = Instant.now
        let thread = try Thread.start(name: "reader") {
            reading.nanoseconds.store(Instant.now.nanoseconds, ordering: .relaxed)
        }
        thread.join()
        let after = Instant.now
        let between = Instant(nanoseconds: reading.nanoseconds.load(ordering: .relaxed))
        #expect(before <= between && between <= after)
    }

    @Test func `a pause takes at least as long as it was asked for`() {
        let start = Instant.now
        usleep(20_000)
        let pause = Instant.now - start
        // The upper bound is only there to tell nanoseconds from anything else.
        #expect(pause >= .milliseconds(20) && pause < .seconds(20))
    }

    private func kernelNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

private final class Reading: Sendable {
    let nanoseconds = Atomic<Int64>(0)
}
