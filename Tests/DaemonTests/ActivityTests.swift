import Lab
import Primitives
import Testing

/// `show activity` and `show pools`: HAProxy's form, and numbers that follow what happens.
extension BalancerSuites {
    @Suite struct ActivityTests {
        /// `loops: 2068 [ 1038 1030 ]` by its name: the sum, then the threads.
        private func activity(_ text: String) -> [String: [UInt64]] {
            let lines = text.split(separator: "\n").compactMap { line -> (String, [UInt64])? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let values = line[colon...].split { !$0.isNumber }.compactMap { UInt64($0) }
                return (String(line[..<colon]), values)
            }
            return Dictionary(uniqueKeysWithValues: lines)
        }

        @Test(arguments: ["epoll", "io_uring"])
        func `a thread counts its turns and what it accepts`(engine: String) throws {
            try withBalancer(global: ["nbthread 2", "tune.engine \(engine)"]) { balancer in
                let before = activity(try balancer.ask("show", "activity"))
                for _ in 0..<5 { #expect(try serves(balancer.front)) }
                let after = activity(try balancer.ask("show", "activity"))
                #expect(before["accepted"] == [0, 0, 0])
                #expect(after["accepted"]?.first == 5)
                #expect(after["thread_id"] == [0, 1, 2])
                for name in ["loops", "poll_io", "poll_exp", "accepted", "mails"] {
                    let values = try #require(after[name])
                    #expect(values.count == 3 && values[0] == values[1] + values[2], "\(name)")
                }
                let loops = try #require(after["loops"])
                #expect(loops[0] > before["loops"]?[0] ?? .max)
                #expect(loops[0] == (after["poll_io"]?[0] ?? 0) + (after["poll_exp"]?[0] ?? 0))
            }
        }

        @Test func `the form is HAProxy's`() throws {
            let both = try SideBySide(["server s1 127.0.0.1:9"], global: ["nbthread 2"])
            let (ours, theirs) = try (
                both.balancer.ask("show", "activity"), both.haproxy.ask("show", "activity")
            )
            for name in ["thread_id", "date_now", "loops", "poll_io", "poll_exp", "accepted"] {
                let lines = [ours, theirs].map { text in
                    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
                    // Each number is one digit, whatever it is.
                    return line.split { $0.isNumber }.joined(separator: "0")
                }
                #expect(!lines[0].isEmpty && lines[0] == lines[1], "\(name)")
            }
            let pools = try [both.balancer.ask, both.haproxy.ask].map { ask in
                try ask(["show", "pools"]).split(separator: "\n").map { line in
                    line.split { $0.isNumber }.joined(separator: "0")
                }
            }
            let buffer = try #require(pools[0].first { $0.contains("Pool buffer") })
            #expect(buffer == "  - Pool buffer (0 bytes) : 0 allocated (0 bytes), 0 used")
            let model = pools[1].first { $0.contains("Pool buffer") }
            #expect(model?.hasPrefix(buffer) == true)
        }

        @Test func `a session, and what is kept for it, is in the pools`() throws {
            func used(_ balancer: Balancer) throws -> (allocated: Int, used: Int) {
                let lines = try balancer.ask("show", "pools").split(separator: "\n")
                let line = lines.first { $0.hasPrefix("  - Pool session ") } ?? ""
                let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
                guard numbers.count == 4 else { return (-1, -1) }
                #expect(numbers[2] == numbers[0] * numbers[1])
                return (numbers[1], numbers[3])
            }
            try withBalancer(global: ["nbthread 1"]) { balancer in
                #expect(try used(balancer) == (0, 0))
                do {
                    let sessions = try (0..<3).map { _ in try TestClient(balancer.front) }
                    for session in sessions { #expect(try session.isServed()) }
                    // The turn that has served them ends a moment later.
                    #expect(try Patience.wait(.seconds(5)) { try used(balancer) == (3, 3) })
                    #expect(sessions.allSatisfy { $0.isSilent(for: .zero) })
                }
                // The place is kept.
                #expect(try Patience.wait(.seconds(5)) { try used(balancer) == (3, 0) })
                #expect(try balancer.info("Maxpipes") == "64")
                #expect(try balancer.info("PipesUsed") == "0")
            }
        }
    }
}
