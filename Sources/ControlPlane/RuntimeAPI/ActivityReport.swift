/// What `show activity` tells of the threads that relay: HAProxy's form, its names where it has
/// them.
package struct ActivityReport: Sendable {
    package struct Line: Sendable {
        let name: String
        /// By thread.
        let values: [UInt64]

        package init(_ name: String, _ values: [UInt64]) {
            self.name = name
            self.values = values
        }

        /// `loops: 2068 [ 1038 1030 ]`
        fileprivate var text: String {
            let sum = values.reduce(0, &+)
            guard values.count > 1 else { return "\(name): \(sum)\n" }
            return "\(name): \(sum) [ \(values.map { "\($0)" }.joined(separator: " ")) ]\n"
        }
    }

    package var threads: Int
    package var now: WallTime
    package var lines: [Line]

    package init(threads: Int, now: WallTime, lines: [Line]) {
        self.threads = threads
        self.now = now
        self.lines = lines
    }

    var text: String {
        let microseconds = now.nanosecondsSinceEpoch / 1000
        let fraction = "\(1_000_000 + microseconds % 1_000_000)".dropFirst()
        // 0: none of those that relay has answered.
        return "thread_id: 0 (1..\(threads))\n"
            + "date_now: \(microseconds / 1_000_000).\(fraction)\n" + lines.map(\.text).joined()
    }
}
