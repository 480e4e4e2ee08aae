/// `show schema json`: what the JSON of `show info` and `show stat` looks like, as a JSON Schema of
/// draft 4.
enum StatisticsSchema {
    static let text =
        #"{"$schema":"http://json-schema.org/draft-04/schema#","oneOf":[\#(info),\#(stat)],"#
        + #""definitions":{\#(field),\#(tags),\#(value)}}"# + "\n"

    private static let info = #"{"title":"Info","type":"array","items":\#(object([]))}"#

    private static let stat =
        #"{"title":"Stat","type":"array","items":{"type":"array","items":"#
        + object([
            ("objType", words(StatRow.Kind.allCases.map(\.word))), ("proxyId", natural),
            ("id", natural),
        ]) + "}}"

    private static let field =
        #""field":{"type":"object","properties":{"pos":\#(natural),"name":{"type":"string"}},"#
        + #""required":["pos","name"]}"#

    private static let tags =
        #""tags":{"type":"object","properties":{"origin":\#(words(FieldMark.Origin.allCases)),"#
        + #""nature":\#(words(FieldMark.Nature.allCases)),"#
        + #""scope":\#(words(FieldMark.Scope.allCases))},"required":["origin","nature","scope"]}"#

    private static let value =
        #""value":{"type":"object","oneOf":["#
        + FieldMark.ValueType.allCases.map { type in
            #"{"properties":{"type":{"enum":["\#(type.rawValue)"]},"value":\#(range(type))},"#
                + #""required":["type","value"]}"#
        }.joined(separator: ",") + "]}"

    private static let natural = #"{"type":"integer","minimum":0}"#

    /// A value, and before it whose it is.
    private static func object(_ owner: [(name: String, schema: String)]) -> String {
        let properties =
            owner + [
                ("field", ##"{"$ref":"#/definitions/field"}"##),
                ("processNum", #"{"type":"integer","minimum":1}"#),
                ("tags", ##"{"$ref":"#/definitions/tags"}"##),
                ("value", ##"{"$ref":"#/definitions/value"}"##),
            ]
        let schemas = properties.map { #""\#($0.name)":\#($0.schema)"# }.joined(separator: ",")
        let names = properties.map { #""\#($0.name)""# }.joined(separator: ",")
        return #"{"type":"object","properties":{\#(schemas)},"required":[\#(names)]}"#
    }

    private static func range(_ type: FieldMark.ValueType) -> String {
        let (least, most): (Int64, Int64)
        switch type {
        case .str: return #"{"type":"string"}"#
        case .s32: (least, most) = (Int64(Int32.min), Int64(Int32.max))
        case .u32: (least, most) = (0, Int64(UInt32.max))
        case .s64: (least, most) = (-TypedField.largestNumber, TypedField.largestNumber)
        case .u64: (least, most) = (0, TypedField.largestNumber)
        }
        return #"{"type":"integer","minimum":\#(least),"maximum":\#(most)}"#
    }

    private static func words(_ tags: [some FieldTag]) -> String { words(tags.map(\.word)) }

    private static func words(_ words: [String]) -> String {
        #"{"type":"string","enum":["# + words.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
    }
}
