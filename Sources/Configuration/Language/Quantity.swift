/// Numbers with units, as HAProxy writes them.
enum Quantity {
    enum Failure: Error, Equatable {
        case notANumber
        case decimals
        case unknownUnit(String)
        case overflow
    }

    private static let timeUnits: [String: Int64] = [
        "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    ]

    private static let sizeUnits: [String: Int64] = [
        "": 1, "k": 1 << 10, "K": 1 << 10, "m": 1 << 20, "M": 1 << 20, "g": 1 << 30, "G": 1 << 30,
    ]

    /// A time: a whole number and `us`, `ms`, `s`, `m`, `h` or `d`; of `bareUnit` if bare.
    static func time(_ text: String, bareUnit: String = "ms") throws(Failure) -> Duration {
        let isBare = text.utf8.allSatisfy { (48...57).contains($0) }
        let nanoseconds = try scaled(isBare ? text + bareUnit : text, by: timeUnits)
        let time = Duration.nanoseconds(nanoseconds)
        guard time <= ConfigurationLimits.longestTime else { throw .overflow }
        return time
    }

    /// A size in bytes: a whole number and `k`, `m` or `g` (1024 each); bytes if bare.
    static func size(_ text: String) throws(Failure) -> Int {
        let bytes = try scaled(text, by: sizeUnits)
        guard bytes <= Int64(Int32.max) else { throw .overflow }
        return Int(bytes)
    }

    /// A whole number, without sign, blanks or anything else around it.
    static func integer(_ text: String) throws(Failure) -> Int {
        guard !text.isEmpty else { throw .notANumber }
        let negative = text.utf8.first == UInt8(ascii: "-")
        let digits = negative ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else {
            throw .notANumber
        }
        guard let value = Int(text) else { throw .overflow }
        return value
    }

    private static func scaled(
        _ text: String,
        by units: [String: Int64]
    ) throws(Failure) -> Int64 {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { throw .notANumber }
        let unit = String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self)
        if unit.utf8.first == UInt8(ascii: ".") || unit.utf8.first == UInt8(ascii: ",") {
            throw .decimals
        }
        guard let factor = units[unit] else { throw .unknownUnit(unit) }
        guard let value = Int64(String(decoding: digits, as: UTF8.self)) else { throw .overflow }
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw .overflow }
        return product
    }
}
