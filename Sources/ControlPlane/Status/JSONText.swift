internal import FoundationEssentials

/// JSON of values of texts and numbers, with sorted keys.
package enum JSONText {
    /// In one line unless `pretty`.
    package static func encode(_ value: some Encodable, pretty: Bool) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("a report of texts and numbers always encodes")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// - Throws: what the decoder stumbled over.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: String
    ) throws(StatusReport.Unreadable) -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        do {
            return try decoder.decode(type, from: Data(text.utf8))
        } catch {
            throw StatusReport.Unreadable(detail: String("\(error)".prefix(200)))
        }
    }
}
