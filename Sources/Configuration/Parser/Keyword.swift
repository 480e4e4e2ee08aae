/// One entry of a keyword table: all that the parser needs to know of a keyword.
///
/// A new keyword of HAProxy's language is one more entry. One that cannot matter here is
/// `.noEffect`, accepted with a note; one that would matter and is not there yet is `.notYet`.
struct Keyword<Target>: Sendable {
    typealias Handler = @Sendable (inout Target, inout Arguments) throws(Complaint) -> Void

    /// One word, or two as in `timeout client`.
    let name: String
    /// What follows the name, as HAProxy's manual writes it.
    let usage: String
    let places: Places
    /// What `no NAME` does; `nil` where `no` is not allowed.
    let negation: (@Sendable (inout Target) -> Void)?
    let handler: Handler

    init(
        _ name: String,
        _ usage: String = "",
        in places: Places = .everywhere,
        no negation: (@Sendable (inout Target) -> Void)? = nil,
        _ handler: @escaping Handler
    ) {
        self.name = name
        self.usage = usage
        self.places = places
        self.negation = negation
        self.handler = handler
    }

    var fullUsage: String { usage.isEmpty ? name : "\(name) \(usage)" }

    /// Keywords whose effect cannot be seen here, for `reason`; their arguments are not looked at.
    /// `names` are separated by white space and follow the word `family`, if there is one.
    static func noEffect(_ reason: String, family: String? = nil, _ names: String) -> [Keyword] {
        split(names, family).map { name in
            Keyword(name, no: { _ in }) { (_, arguments) throws(Complaint) in
                arguments.note("'\(name)' has no effect here: \(reason)", at: arguments.keyword)
                arguments.ignoresRest = true
            }
        }
    }

    /// Keywords of HAProxy that would change behaviour and that this version cannot honour, with a
    /// `hint` where something else does it.
    static func notYet(
        _ hint: String?,
        family: String? = nil,
        _ names: String
    ) -> [Keyword] {
        split(names, family).map { name in
            Keyword(name, no: { _ in }) { (_, arguments) throws(Complaint) in
                let reason = hint.map { ": \($0)" } ?? ""
                throw Complaint(
                    "'\(name)' is not supported by this version\(reason)",
                    at: arguments.keyword
                )
            }
        }
    }

    /// The same without a hint.
    static func notYet(family: String? = nil, _ names: String) -> [Keyword] {
        notYet(nil, family: family, names)
    }

    private static func split(_ names: String, _ family: String?) -> [String] {
        names.split { $0 == " " || $0 == "\n" }
            .map { name in family.map { "\($0) \(name)" } ?? String(name) }
    }
}

/// Where a keyword may stand.
struct Places: OptionSet, Sendable {
    let rawValue: UInt8

    static let defaults = Places(rawValue: 1)
    /// `frontend`, `listen`
    static let frontend = Places(rawValue: 2)
    /// `backend`, `listen`
    static let backend = Places(rawValue: 4)

    static let everywhere: Places = [.defaults, .frontend, .backend]
    static let frontendSide: Places = [.defaults, .frontend]
    static let backendSide: Places = [.defaults, .backend]
}
