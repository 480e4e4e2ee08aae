/// What the typed and the JSON form tell of a value beside it: HAProxy's management.txt §9.2.
struct FieldMark: Sendable {
    enum Origin: Character, CaseIterable {
        case metric = "M"
        case status = "S"
        case key = "K"
        case config = "C"
        case product = "P"
    }

    enum Nature: Character, CaseIterable {
        case age = "A"
        case avg = "a"
        case counter = "C"
        case duration = "D"
        case gauge = "G"
        case limit = "L"
        case max = "M"
        case min = "m"
        case name = "N"
        case output = "O"
        case rate = "R"
        case time = "T"
    }

    enum Scope: Character, CaseIterable {
        case cluster = "C"
        case process = "P"
        case service = "S"
        case system = "s"
    }

    enum ValueType: String, CaseIterable {
        case s32, s64, u32, u64, str
    }

    let origin: Origin
    let nature: Nature
    let scope: Scope
    let type: ValueType
    /// For `desc`.
    let description: String

    /// - Parameter tags: such as `MGP`
    init(_ tags: String, _ type: ValueType, _ description: String) {
        let letters = Array(tags)
        guard letters.count == 3, let origin = Origin(rawValue: letters[0]),
            let nature = Nature(rawValue: letters[1]), let scope = Scope(rawValue: letters[2])
        else { preconditionFailure("no tags: \(tags)") }
        self.origin = origin
        self.nature = nature
        self.scope = scope
        self.type = type
        self.description = description
    }

    var tags: String { "\(origin.rawValue)\(nature.rawValue)\(scope.rawValue)" }
}

/// A tag's word in JSON.
protocol FieldTag: RawRepresentable, CaseIterable, Sendable {}

extension FieldTag {
    /// `Metric`
    var word: String {
        let name = "\(self)"
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}

extension FieldMark.Origin: FieldTag {}
extension FieldMark.Nature: FieldTag {}
extension FieldMark.Scope: FieldTag {}
