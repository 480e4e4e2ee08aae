internal import FoundationEssentials

extension StatusReport {
    /// Why text that should have been a report was none.
    package struct Unreadable: Error, CustomStringConvertible {
        package let detail: String

        package var description: String {
            "the daemon's answer could not be read (\(detail)): "
                + "is it of another version than this command?"
        }
    }

    /// The report as JSON with sorted keys, in one line unless `pretty`.
    package func json(pretty: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a report of texts and numbers always encodes")
        }
        return String(decoding: data, as: UTF8.self)
    }

    package init(json: String) throws(Unreadable) {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        do {
            self = try decoder.decode(StatusReport.self, from: Data(json.utf8))
        } catch {
            throw Unreadable(detail: String("\(error)".prefix(200)))
        }
    }
}
