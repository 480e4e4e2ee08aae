/// The words of `show stat` and `show info` that say how it is written: the last one counts.
struct StatisticsForm {
    enum Kind {
        /// CSV, or `Key: value`.
        case plain
        case typed
        case json
    }

    private(set) var kind = Kind.plain
    /// `desc`: with a line of explanation for each value.
    private(set) var isDescribed = false

    /// HAProxy passes over words that it does not know, and so does this.
    init(_ words: some Sequence<String>) {
        for word in words {
            switch word {
            case "typed": kind = .typed
            case "json": kind = .json
            case "desc": isDescribed = true
            default: break
            }
        }
    }
}
