/// Aligned columns within a width. What does not fit is cut with `…`, or moves to a line of its
/// own.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
    }

    struct Cell {
        let text: String
        let style: TextStyle

        init(_ text: String, _ style: TextStyle = .plain) {
            self.text = StatusFormat.printable(text)
            self.style = style
        }
    }

    struct Row {
        /// A line of its own above the row.
        var heading: Cell?
        var cells: [Cell]
        /// Whether a last cell that does not fit becomes a note rather than be cut.
        var lastCellSpills = false
        /// Shown below the row, indented and broken into lines.
        var notes: [Cell] = []
    }

    private static let gap = "  "
    private static let noteIndent = "    "

    let columns: [Column]
    let width: Int
    /// Whether the last column is free text, which gets the room that the others leave.
    var lastColumnIsText = false
    var rows: [Row] = []

    func lines(colour: Bool) -> [String] {
        let widths = columnWidths()
        var lines = [line(columns.map { Cell($0.title, .dim) }, widths, colour)]
        for row in rows {
            var row = row
            if let heading = row.heading {
                let wrapped = StatusFormat.wrap(heading.text, width: width, rest: Self.noteIndent)
                lines += wrapped.map { heading.style.paint($0, colour: colour) }
            }
            if row.lastCellSpills, let last = row.cells.last, let room = widths.last,
                last.text.count > room
            {
                row.cells[row.cells.count - 1] = Cell("")
                row.notes.insert(last, at: 0)
            }
            lines.append(line(row.cells, widths, colour))
            for note in row.notes {
                let wrapped = StatusFormat.wrap(
                    note.text,
                    width: width,
                    first: Self.noteIndent,
                    rest: Self.noteIndent
                )
                lines += wrapped.map { note.style.paint($0, colour: colour) }
            }
        }
        return lines
    }

    /// As wide as the widest cell; then the widest columns give way until the row fits.
    private func columnWidths() -> [Int] {
        var widths = columns.indices.map { index in
            max(columns[index].title.count, rows.map { $0.cells[index].text.count }.max() ?? 0)
        }
        let room = width - Self.gap.count * (columns.count - 1)
        if lastColumnIsText, let title = columns.last?.title {
            let others = widths.dropLast().reduce(0, +)
            let wanted = min(widths[widths.count - 1], room - others)
            widths[widths.count - 1] = max(title.count, wanted)
        }
        while widths.reduce(0, +) > room, let widest = widths.max(), widest > 1 {
            let index = widths.firstIndex(of: widest) ?? 0
            widths[index] -= 1
        }
        return widths
    }

    /// Names and addresses differ at either end: both are kept.
    private static func cut(_ text: String, to width: Int, keepingEnd: Bool) -> String {
        guard text.count > width else { return text }
        let end = keepingEnd ? (width - 1) / 2 : 0
        return text.prefix(width - 1 - end) + "…" + text.suffix(end)
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ colour: Bool) -> String {
        var result = ""
        var pendingSpaces = ""
        for (index, cell) in cells.enumerated() {
            let isFreeText = lastColumnIsText && index == columns.count - 1
            let text = Self.cut(cell.text, to: widths[index], keepingEnd: !isFreeText)
            let padding = String(repeating: " ", count: widths[index] - text.count)
            if columns[index].isNumber { pendingSpaces += padding }
            if !text.isEmpty {
                result += pendingSpaces + cell.style.paint(text, colour: colour)
                pendingSpaces = ""
            }
            if !columns[index].isNumber { pendingSpaces += padding }
            pendingSpaces += Self.gap
        }
        return result
    }
}
