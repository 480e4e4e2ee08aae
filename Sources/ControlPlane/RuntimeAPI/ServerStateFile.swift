/// What `show servers state` once wrote, read again: `server-state-file`. Of each server what an
/// operator has said is taken; whether it is up its checks find out, before it gets a session.
package struct ServerStateFile: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var backend: String
        package var server: String
        package var administration: ServerStateReport.Administration
        package var weight: Int
        /// That of the configuration of then.
        package var initialWeight: Int
    }

    /// Why a file is not used.
    package enum Mistake: Error, Equatable, CustomStringConvertible {
        /// The first line is not `1`.
        case version
        /// A line, from 1, that is none of the format.
        case line(Int)

        package var description: String {
            switch self {
            case .version: "it does not begin with '1', the version of the format"
            case .line(let number): "line \(number) is not what 'show servers state' writes"
            }
        }
    }

    package var entries: [Entry] = []

    /// HAProxy 2.6 writes 25 fields, older ones 19 and more; these are the first 9.
    private static let fewestFields = 19

    package init(_ text: String) throws(Mistake) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == "1" else { throw .version }
        for (index, line) in lines.enumerated().dropFirst() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let fields = line.split(separator: " ")
            guard fields.count >= Self.fewestFields, let administration = Int(fields[6]),
                let weight = Int(fields[7]), let initialWeight = Int(fields[8])
            else { throw .line(index + 1) }
            entries.append(
                Entry(
                    backend: String(fields[1]),
                    server: String(fields[3]),
                    administration: ServerStateReport.Administration(rawValue: administration),
                    weight: weight,
                    initialWeight: initialWeight
                )
            )
        }
    }
}
