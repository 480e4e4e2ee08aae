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
        JSONText.encode(self, pretty: pretty)
    }

    package init(json: String) throws(Unreadable) {
        self = try JSONText.decode(StatusReport.self, from: json)
    }
}
