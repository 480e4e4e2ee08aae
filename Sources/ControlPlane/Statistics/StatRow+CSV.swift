extension StatRow {
    /// `# pxname,svname,...` Every line of the CSV ends with a comma.
    static let csvHeader = "# " + StatColumn.all.map { $0.name + "," }.joined() + "\n"

    /// The row with its line end.
    package var csv: String {
        StatColumn.all.map { $0.csv(self) + "," }.joined() + "\n"
    }

    /// The rows under their header, without an empty line.
    package static func csv(_ rows: some Sequence<StatRow>) -> String {
        csvHeader + rows.map(\.csv).joined()
    }
}
