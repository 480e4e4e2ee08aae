internal import Glibc

/// A kind of measurement, as `--only` names it.
enum Group: String, CaseIterable {
    case start, rpc, mute, bulk, connect, idle, galera
}

/// How long and how much is measured.
struct Effort {
    var seconds: Double
    var warmup: Double
    var idleSeconds: Double

    static let messageSizes = [100, 500]
    static let connections = [1, 16, 64, 256]
    static let streams = [1, 8]
    static let idleSteps = [1000, 5000, 9000]
    static let concurrentConnects = 16
    static let readers = 200
    static let muteClients = 20
    /// Long enough to see every byte of some thousand requests.
    static let verifySeconds = 0.15
}

/// The measurements that one stage is used for.
struct Measurements {
    let stage: Stage
    let effort: Effort
    let groups: Set<Group>

    private var contender: Contender { stage.contender }

    func run(into results: inout Results, verifies: Bool) throws {
        if verifies, groups != [.idle] { try verify() }
        if groups.contains(.start) { start(&results) }
        if groups.contains(.rpc) { try rpc(&results) }
        if groups.contains(.mute) { try mute(&results) }
        if groups.contains(.bulk) { try bulk(&results) }
        if groups.contains(.connect) { try connect(&results) }
        if groups.contains(.idle), stage.proxy != nil { try idle(&results) }
    }

    private var timing: String { "-t \(effort.seconds) -w \(effort.warmup)" }

    /// A balancer that loses or mixes up bytes needs no further figures.
    private func verify() throws {
        let timing = "-t \(Effort.verifySeconds) -w 0 --verify"
        for load in ["rpc -c 64 -s 500", "rpc -c 8 -s 100000", "bulk -c 4", "bulk -c 4 --up"] {
            Console.progress("\(contender.name): verifying \(load)")
            let run = try stage.run("\(load) \(timing)")
            guard run["errors"] == 0, run["mismatches"] == 0 else {
                throw BenchError("\(load): wrong bytes or lost connections: \(run.fields)")
            }
        }
    }

    private func start(_ results: inout Results) {
        guard let proxy = stage.proxy else { return }
        let memory = stage.memory
        let row = { Row("start", $0, digits: $1) }
        results.add(row("until it listens ms", 1), contender, proxy.startTime * 1e3)
        results.add(row("RSS MiB", 2), contender, Double(memory.resident) / 1_048_576)
        results.add(row("PSS MiB", 2), contender, Double(memory.proportional) / 1_048_576)
        results.add(row("RssAnon MiB", 2), contender, Double(memory.anonymous) / 1_048_576)
    }

    private func rpc(_ results: inout Results) throws {
        for size in Effort.messageSizes {
            for connections in Effort.connections {
                let name = "rpc \(size) B x \(connections)"
                Console.progress("\(contender.name): \(name)")
                let run = try stage.run("rpc -c \(connections) -s \(size) \(timing)")
                noteErrors(run, name, &results)
                let millions = run["requests"] / 1e6
                addCPU(run, name, per: millions, "s/M", &results)
                add(Row(name, "requests/s", digits: 0, isHigherBetter: true), run["per_second"])
                addLatency(run, name)
            }
        }
        func add(_ row: Row, _ value: Double) { results.add(row, contender, value) }
        func addLatency(_ run: Stage.Run, _ name: String) {
            add(Row(name, "p50 us", digits: 0), run["p50_us"])
            add(Row(name, "p99 us", digits: 0), run["p99_us"])
            add(Row(name, "p99.9 us", digits: 0), run["p999_us"])
        }
    }

    /// What clients that never read do to those who do.
    private func mute(_ results: inout Results) throws {
        let load = "rpc -c \(Effort.readers) -s 100 \(timing)"
        let name = "rpc 100 B x \(Effort.readers)"
        Console.progress("\(contender.name): \(name), beside \(Effort.muteClients) that never read")
        let alone = try stage.run(load)
        let mute = try stage.startLoad(["mute", "-c", "\(Effort.muteClients)"])
        _ = try mute.readLine()
        let beside = try stage.run(load)
        mute.release()
        guard try mute.wait(seconds: 10) else { throw BenchError("load does not end") }
        for (run, suffix) in [(alone, "alone"), (beside, "beside \(Effort.muteClients) mute")] {
            noteErrors(run, name, &results)
            let row = Row(name, "requests/s \(suffix)", digits: 0, isHigherBetter: true)
            results.add(row, contender, run["per_second"])
        }
    }

    private func bulk(_ results: inout Results) throws {
        for streams in Effort.streams {
            for (direction, flag) in [("down", ""), ("up", "--up")] {
                let name = "bulk \(direction) x \(streams)"
                Console.progress("\(contender.name): \(name)")
                let run = try stage.run("bulk -c \(streams) \(flag) \(timing)")
                noteErrors(run, name, &results)
                addCPU(run, name, per: run["bytes"] / 1_073_741_824, "s/GiB", &results)
                let rate = Row(name, "Gbit/s", isHigherBetter: true)
                results.add(rate, contender, run["gbit_per_second"])
            }
        }
    }

    private func connect(_ results: inout Results) throws {
        let concurrency = Effort.concurrentConnects
        let name = "connect x \(concurrency)"
        Console.progress("\(contender.name): \(name)")
        let run = try stage.run("connect -c \(concurrency) -s 100 \(timing)")
        noteErrors(run, name, &results)
        addCPU(run, name, per: run["requests"] / 1e4, "s/10k", &results)
        let rate = Row(name, "connections/s", digits: 0, isHigherBetter: true)
        results.add(rate, contender, run["per_second"])
        results.add(Row(name, "p99 us", digits: 0), contender, run["p99_us"])
    }

    private func idle(_ results: inout Results) throws {
        let steps = Effort.idleSteps
        Console.progress("\(contender.name): idle")
        let list = steps.map(String.init).joined(separator: ",")
        let before = stage.memory.anonymous
        let load = try stage.startLoad(["idle", "--steps", list])
        for step in steps {
            let fields = Stage.fields(of: try load.readLine())
            let errors = fields["errors"] ?? .nan
            if errors != 0 { results.fail(contender, "idle x \(step): \(errors.fixed(0)) errors") }
            let bytes = Double(stage.memory.anonymous - before) / Double(step)
            results.add(Row("idle x \(step)", "bytes/connection", digits: 0), contender, bytes)
            if step != steps.last { load.release() }
        }
        let row = Row("idle x \(steps[steps.count - 1])", "proxy CPU ms/s", digits: 3)
        let usage = stage.proxyUsage
        let begin = System.nanoseconds
        try System.pause(seconds: effort.idleSeconds)
        let elapsed = Double(System.nanoseconds - begin) / 1e9
        try stage.checkThatProxyLives()
        results.add(row, contender, (stage.proxyUsage - usage).cpu * 1e3 / elapsed)
    }

    private func addCPU(
        _ run: Stage.Run,
        _ name: String,
        per count: Double,
        _ unit: String,
        _ results: inout Results
    ) {
        let proxy = stage.proxy == nil ? nil : run.proxy.cpu / count
        results.add(Row(name, "proxy CPU \(unit)"), contender, proxy)
        results.add(Row(name, "all CPU \(unit)"), contender, run.processes.cpu / count)
        results.add(Row(name, "machine CPU \(unit)"), contender, run.machine.cpu / count)
    }

    private func noteErrors(_ run: Stage.Run, _ name: String, _ results: inout Results) {
        guard run["errors"] != 0 || !(run["requests"] > 0 || run["bytes"] > 0) else { return }
        results.fail(contender, "\(name): \(run["errors"].fixed(0)) errors")
    }
}
