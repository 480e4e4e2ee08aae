import BalancerCore
import Primitives
import Testing

@Suite struct HealthStateTests {
    /// One line per check: what it found, the counter after it, HAProxy's status, the pause that
    /// follows.
    @Test func `rise 2 and fall 3 as a transcript`() {
        let transcript = run(
            rise: 2,
            fall: 3,
            checks: "+ + - - + - - - - + - + + - + - - -"
        )
        let expected = """
            start     0 DOWN     downinter
            + up      4 UP       inter
            + .       4 UP       inter
            - counted 3 UP 2/3   fastinter
            - counted 2 UP 1/3   fastinter
            + counted 4 UP       inter
            - counted 3 UP 2/3   fastinter
            - counted 2 UP 1/3   fastinter
            - down    0 DOWN     downinter
            - .       0 DOWN     downinter
            + counted 1 DOWN 1/2 fastinter
            - counted 0 DOWN     downinter
            + counted 1 DOWN 1/2 fastinter
            + up      4 UP       inter
            - counted 3 UP 2/3   fastinter
            + counted 4 UP       inter
            - counted 3 UP 2/3   fastinter
            - counted 2 UP 1/3   fastinter
            - down    0 DOWN     downinter
            """
        #expect(transcript == expected)
    }

    @Test func `rise 1 and fall 1 turn with every check`() {
        let expected = """
            start     0 DOWN     downinter
            - found   0 DOWN     downinter
            + up      1 UP       inter
            - down    0 DOWN     downinter
            + up      1 UP       inter
            """
        #expect(run(rise: 1, fall: 1, checks: "- + - +") == expected)
    }

    @Test func `a first failure leaves the server down and rise counts from there`() {
        let expected = """
            start     0 DOWN     downinter
            - found   0 DOWN     downinter
            + counted 1 DOWN 1/3 fastinter
            + counted 2 DOWN 2/3 fastinter
            + up      4 UP       inter
            """
        #expect(run(rise: 3, fall: 2, checks: "- + + +") == expected)
    }

    @Test func `unset intervals fall back to inter`() {
        let check = CheckDefinition(kind: .tcp, endpoint: anywhere, interval: .seconds(7))
        var health = HealthState(rise: 2, fall: 3)
        #expect(health.delay(check) == .seconds(7))
        _ = health.record(isPass: true)
        _ = health.record(isPass: false)
        #expect(health.delay(check) == .seconds(7))
    }

    @Test func `a reload with other counts keeps the verdict`() {
        var health = HealthState(rise: 2, fall: 3)
        _ = health.record(isPass: true)
        _ = health.record(isPass: false)
        health.reconfigure(rise: 2, fall: 3)
        #expect(health.counter == 3)
        health.reconfigure(rise: 4, fall: 5)
        #expect(health.isUp && health.isFull && health.counter == 8)
        #expect(health.wasChecked)
    }

    @Test(arguments: 0..<100)
    func `up means rise passes since the last verdict, down means fall failures`(seed: Int) {
        var random = SplitMix(seed: seed)
        let rise = Int.random(in: 1...4, using: &random)
        let fall = Int.random(in: 1...4, using: &random)
        var health = HealthState(rise: rise, fall: fall)
        var isUp = false
        var opposed = 0
        for check in 0..<200 {
            let isPass = Bool.random(using: &random)
            _ = health.record(isPass: isPass)
            opposed = isPass == isUp ? 0 : opposed + 1
            if check == 0 {
                isUp = isPass
                opposed = 0
            } else if opposed == (isUp ? fall : rise) {
                isUp.toggle()
                opposed = 0
            }
            #expect(health.isUp == isUp, "seed \(seed) check \(check)")
            #expect((0...(rise + fall - 1)).contains(health.counter))
        }
    }
}

private let anywhere = Endpoint(.v4(0x7F00_0001), 3306)

private func run(rise: Int, fall: Int, checks: String) -> String {
    let check = CheckDefinition(
        kind: .tcp,
        endpoint: anywhere,
        interval: .seconds(2),
        fastInterval: .seconds(1),
        downInterval: .seconds(5),
        rise: rise,
        fall: fall
    )
    var health = HealthState(rise: rise, fall: fall)
    // The pool keeps a health of its own and words its status.
    var pool = Pools.pool([ServerDefinition(name: "s", endpoint: anywhere, check: check)])
    var lines: [String] = []
    func note(_ event: String) {
        let names: [Duration: String] = [
            .seconds(2): "inter", .seconds(1): "fastinter", .seconds(5): "downinter",
        ]
        let status = pool.row("s")?.status ?? "?"
        #expect(pool.row("s")?.checkHealth == health.counter)
        lines.append(
            "\(event.padded(9)) \(health.counter) \(status.padded(8)) "
                + (names[health.delay(check)] ?? "?")
        )
    }
    note("start")
    for sign in checks.split(separator: " ") {
        let isPass = sign == "+"
        let change = health.record(isPass: isPass)
        _ = pool.check("s", isPass ? Pools.pass : Pools.refused)
        note("\(sign) \(name(change))")
    }
    return lines.joined(separator: "\n")
}

private func name(_ change: HealthState.Change) -> String {
    switch change {
    case .none: "."
    case .counted: "counted"
    case .wentUp: "up"
    case .wentDown: "down"
    case .foundDown: "found"
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
