/// One client of a stand-in: bytes in, bytes out.
struct MySQLStandInSession {
    /// What a database accepts in one packet here; a client that sends more is cut off.
    static let largestInput = 65_536

    private let nodeName: String
    private var received: [UInt8] = []
    private var isLoggedIn = false
    /// The client said goodbye, or what it sent makes no sense.
    private(set) var isOver = false
    /// Queries answered so far.
    private(set) var queries = 0

    init(nodeName: String) {
        self.nodeName = nodeName
    }

    /// Takes what arrived and returns what to send.
    mutating func receive(_ bytes: some Collection<UInt8>) -> [UInt8] {
        received += bytes
        var answer: [UInt8] = []
        while !isOver, let packet = MySQLWire.takePacket(from: &received) {
            answer += respond(to: packet.body, packet.sequence &+ 1)
        }
        if received.count > Self.largestInput { isOver = true }
        return answer
    }

    private mutating func respond(to body: [UInt8], _ sequence: UInt8) -> [UInt8] {
        guard isLoggedIn else {
            // The login, whoever it is and in whichever form (HAProxy's check has two).
            isLoggedIn = true
            return MySQLWire.ok(sequence)
        }
        switch body.first {
        case 0x01:  // COM_QUIT
            isOver = true
            return []
        case 0x03:  // COM_QUERY
            queries += 1
            return result(of: String(decoding: body.dropFirst(), as: UTF8.self), sequence)
        case 0x02, 0x0E:  // COM_INIT_DB, COM_PING
            return MySQLWire.ok(sequence)
        default:
            return MySQLWire.error(sequence, code: 1047, "Unknown command", state: true)
        }
    }

    /// Every `select` and `show` tells the node's name; whatever else succeeds without a result.
    private func result(of query: String, _ sequence: UInt8) -> [UInt8] {
        let verb = query.drop { " \t\n".contains($0) }.prefix { $0.isLetter }.lowercased()
        switch verb {
        case "show":
            return MySQLWire.resultSet(
                sequence,
                columns: ["Variable_name", "Value"],
                row: ["wsrep_node_name", nodeName]
            )
        case "select":
            return MySQLWire.resultSet(
                sequence,
                columns: ["@@wsrep_node_name"],
                row: [nodeName]
            )
        default:
            return MySQLWire.ok(sequence)
        }
    }
}
