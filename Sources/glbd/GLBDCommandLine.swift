internal import ControlPlane
internal import Primitives

/// The command line of the Galera Load Balancer 1.0.1:
/// `glbd [OPTIONS] [IP:]PORT [H[:P[:W]]]...`
struct GLBDCommandLine {
    /// What cannot be done, in words.
    struct Refusal: Error, Equatable {
        var text: String
    }

    enum Policy {
        case least, round, random, source, single
    }

    enum Purpose {
        case run, help, version, configuration
    }

    var purpose = Purpose.run
    var listen = Endpoint(.anyV4, 1)
    var control: Endpoint?
    var fifo = "/tmp/glbd.fifo"
    var runsInBackground = false
    var policy = Policy.least
    var isTopOnly = false
    var keepsAlive = true
    var threads = 1
    var maxConnections: Int?
    /// `--interval`: a destination that failed is left alone for two of them.
    var interval: Duration = .seconds(1)
    var destinations: [GLBChange] = []
    /// What of it has no effect, and why.
    var notes: [String] = []

    init(_ arguments: [String]) throws(Refusal) {
        var words = GLBDOptions(arguments)
        while let option = try words.next() { try take(option) }
        guard purpose == .run || purpose == .configuration else { return }
        var operands = words.operands[...]
        guard let place = operands.popFirst() else {
            throw Refusal(text: "Missing required argument: LISTEN_ADDR.")
        }
        listen = try Self.endpoint(place, host: .anyV4)
        for operand in operands {
            guard var destination = GLBChange(operand), destination.weight != nil else {
                throw Refusal(text: "Invalid destination spec: \(operand)")
            }
            destination.port = destination.port ?? listen.port
            destinations.append(destination)
        }
    }

    private mutating func take(_ option: GLBDOptions.Option) throws(Refusal) {
        switch option.name {
        case "help": purpose = .help
        case "version": purpose = .version
        case "configuration": purpose = .configuration
        case "control": control = try Self.endpoint(option.value, host: .loopbackV4)
        case "fifo": fifo = option.value
        case "daemon": runsInBackground = true
        case "round": policy = .round
        case "random": policy = .random
        case "source": policy = .source
        case "single":
            policy = .single
            isTopOnly = true
        case "top": isTopOnly = true
        case "keepalive": keepsAlive = false
        case "threads": threads = max(1, try Self.integer(option, 0...64))
        case "max_conn": maxConnections = try Self.integer(option, 1...10_000_000)
        case "interval":
            guard let seconds = Weight(decimal: option.value), seconds > 0 else {
                throw Refusal(text: "Bad interval value: \(option.value). Seconds expected.")
            }
            interval = .milliseconds(seconds.thousandths)
        default: try takeOther(option)
        }
    }

    /// What has no effect here, and what would have one.
    private mutating func takeOther(_ option: GLBDOptions.Option) throws(Refusal) {
        switch option.name {
        case "verbose", "synchronous": break
        case "linger":
            notes.append("--linger has no effect: the kernel keeps closed connections as usual")
        case "nodelay":
            notes.append("--nodelay has no effect: data is never held back to be sent with more")
        case "defer-accept":
            notes.append(
                "--defer-accept has no effect: it stalls MySQL, where the server speaks first"
            )
        case "extra":
            notes.append("--extra has no effect: there is no watchdog to be asked once more")
        case "latency":
            guard option.value == "0" else { throw Self.needsChecks("--latency") }
        case "discover": throw Self.needsChecks("--discover")
        case "watchdog": throw Self.needsChecks("--watchdog")
        default: preconditionFailure("an option without a meaning: \(option.name)")
        }
    }

    private static func needsChecks(_ option: String) -> Refusal {
        Refusal(
            text: "\(option) is not supported: a watchdog's destinations are checked by "
                + "'option mysql-check', 'httpchk' or 'external-check' of ha-balancer. "
                + "'glbd --configuration' with the other arguments prints a section to begin with."
        )
    }

    private static func integer(
        _ option: GLBDOptions.Option,
        _ range: ClosedRange<Int>
    ) throws(Refusal) -> Int {
        guard let number = Int(option.value), range.contains(number) else {
            throw Refusal(
                text: "Bad \(option.name) value: \(option.value). Expected "
                    + "\(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }

    /// `[IP:]PORT`; an IPv6 address stands in brackets.
    private static func endpoint(_ text: String, host: IPAddress) throws(Refusal) -> Endpoint {
        let colon = text.lastIndex(of: ":")
        let port = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(port),
            number > 0
        else { throw Refusal(text: "Invalid port spec: \(port)") }
        guard let colon else { return Endpoint(host, number) }
        var name = text[..<colon]
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        if name == "localhost" { return Endpoint(.loopbackV4, number) }
        guard let address = IPAddress(String(name)) else {
            throw Refusal(text: "Invalid host address: \(name)")
        }
        return Endpoint(address, number)
    }
}
