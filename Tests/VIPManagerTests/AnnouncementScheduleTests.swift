import Primitives
import Testing
import VIPManager

@Suite struct AnnouncementScheduleTests {
    let origin = Instant.zero + .seconds(1000)

    @Test func `announcements are due at 0, 0.1, 1.1, 2.2 and 5 s, then every minute`() throws {
        var schedule = AnnouncementSchedule()
        schedule.start(now: origin)
        var offsets: [Int64] = []
        for _ in 0..<7 {
            let due = try #require(schedule.nextDue)
            offsets.append((due - origin).milliseconds)
            #expect(schedule.takeDue(now: due - .nanoseconds(1)) == false)
            #expect(schedule.takeDue(now: due) == true)
        }
        #expect(offsets == [0, 100, 1100, 2200, 5000, 65_000, 125_000])
    }

    @Test func `nothing is due before the start and after the stop`() {
        var schedule = AnnouncementSchedule()
        #expect(schedule.takeDue(now: origin) == false)
        schedule.start(now: origin)
        schedule.stop()
        #expect(schedule.nextDue == nil)
        #expect(schedule.takeDue(now: origin) == false)
    }

    @Test func `what was slept through is made up for once`() {
        var schedule = AnnouncementSchedule()
        schedule.start(now: origin)
        let late = origin + .seconds(3)
        #expect(schedule.takeDue(now: late) == true)
        #expect(schedule.takeDue(now: late) == false)
        #expect(schedule.nextDue == origin + .seconds(5))
    }

    @Test func `a restart begins at the first step again`() {
        var schedule = AnnouncementSchedule()
        schedule.start(now: origin)
        #expect(schedule.takeDue(now: origin + .seconds(70)) == true)
        schedule.start(now: origin + .seconds(80))
        #expect(schedule.takeDue(now: origin + .seconds(80)) == true)
        #expect(schedule.nextDue == origin + .milliseconds(80_100))
    }

    @Test func `frames that did not leave are tried again after 100 ms`() {
        var schedule = AnnouncementSchedule()
        schedule.start(now: origin)
        #expect(schedule.takeDue(now: origin + .seconds(5)) == true)
        schedule.retry(now: origin + .seconds(5))
        #expect(schedule.nextDue == origin + .milliseconds(5100))
    }

    @Test func `a retry never delays an announcement that is due sooner`() {
        var schedule = AnnouncementSchedule()
        schedule.start(now: origin)
        #expect(schedule.takeDue(now: origin + .milliseconds(50)) == true)
        schedule.retry(now: origin + .milliseconds(50))
        #expect(schedule.nextDue == origin + .milliseconds(100))
    }
}
