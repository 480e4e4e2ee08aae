extension StatRow {
    /// The values that this row has, in the order of the columns.
    private var fields: [TypedField] {
        let owner = TypedField.Owner(kind: kind, proxyID: proxyID, id: serviceID)
        return StatColumn.all.enumerated().compactMap { position, column in
            guard let mark = column.mark(in: kind), let value = column.value(self) else {
                return nil
            }
            return TypedField(
                owner: owner,
                position: position,
                name: column.name,
                mark: mark,
                value: value
            )
        }
    }

    /// `show stat typed`: the rows one after the other, each value on a line.
    static func typed(_ rows: some Sequence<StatRow>, described: Bool) -> String {
        rows.flatMap(\.fields).map { $0.line(described: described) }.joined()
    }

    /// `show stat json`: a list for each row.
    static func json(_ rows: some Sequence<StatRow>) -> String {
        let lists = rows.map { row in "[" + row.fields.map(\.json).joined(separator: ",") + "]" }
        return "[" + lists.joined(separator: ",") + "]\n"
    }
}
