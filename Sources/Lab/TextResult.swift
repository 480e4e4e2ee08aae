/// A text result set as it comes in, packet by packet (without DEPRECATE_EOF).
struct TextResult {
    /// The first column of the first row.
    private(set) var value = ""
    private var ends = 0
    private var rows = 0

    /// The second end marker has come: one after the column definitions, one after the rows.
    var isComplete: Bool { ends == 2 }

    mutating func take(_ body: [UInt8]) {
        if body.first == 0xFE, body.count < 9 {
            ends += 1
        } else if ends == 1 {
            rows += 1
            // A text of less than 251 bytes has its length in one byte; longer ones are not asked
            // for.
            if rows == 1, let length = body.first, length < 251, body.count > Int(length) {
                value = String(decoding: body[1..<(1 + Int(length))], as: UTF8.self)
            }
        }
    }
}
