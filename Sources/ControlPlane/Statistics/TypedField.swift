/// One value as `typed` and `json` write it: HAProxy's management.txt §9.2, its order of keys.
struct TypedField {
    /// Whose value it is, in `show stat`.
    struct Owner {
        let kind: StatRow.Kind
        let proxyID: Int
        let id: Int
    }

    /// What JavaScript can tell from its neighbours: HAProxy tells no more either.
    static let largestNumber: Int64 = 1 << 53 - 1

    let owner: Owner?
    /// Its number among all; never changes.
    let position: Int
    let name: String
    let mark: FieldMark
    let value: String

    /// `S.2.1.4.scur.1:MGP:u32:0`, with its line end.
    func line(described: Bool) -> String {
        let prefix = owner.map { "\($0.kind.letter).\($0.proxyID).\($0.id)." } ?? ""
        let text = mark.type == .str ? StatColumn.oneLine(value) : value
        return "\(prefix)\(position).\(name).1:\(mark.tags):\(mark.type.rawValue):\(text)"
            + (described ? ":\"\(mark.description)\"\n" : "\n")
    }

    var json: String {
        let prefix = owner.map {
            #""objType":"\#($0.kind.word)","proxyId":\#($0.proxyID),"id":\#($0.id),"#
        }
        let tags =
            #""tags":{"origin":"\#(mark.origin.word)","nature":"\#(mark.nature.word)","#
            + #""scope":"\#(mark.scope.word)"}"#
        return #"{\#(prefix ?? "")"field":{"pos":\#(position),"name":"\#(name)"},"#
            + #""processNum":1,\#(tags),"#
            + #""value":{"type":"\#(mark.type.rawValue)","value":\#(jsonValue)}}"#
    }

    private var jsonValue: String {
        switch mark.type {
        case .str: JSONText.encode(value, pretty: false)
        case .u32, .u64, .s32, .s64:
            if let number = UInt64(value), number > Self.largestNumber {
                "\(Self.largestNumber)"
            } else {
                value
            }
        }
    }
}

extension StatRow.Kind {
    fileprivate var letter: Character {
        switch self {
        case .frontend: "F"
        case .backend: "B"
        case .server: "S"
        case .listener: "L"
        }
    }

    /// In JSON.
    var word: String {
        switch self {
        case .frontend: "Frontend"
        case .backend: "Backend"
        case .server: "Server"
        case .listener: "Listener"
        }
    }
}
