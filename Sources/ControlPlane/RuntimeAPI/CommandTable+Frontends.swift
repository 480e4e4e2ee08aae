extension CommandTable {
    /// HAProxy's commands that change a frontend.
    static let frontendCommands: [RuntimeCommand] = [
        command("enable frontend", "re-enable specific frontend") { _ in .enable },
        command("disable frontend", "temporarily disable specific frontend") { _ in .disable },
        command("shutdown frontend", "stop a specific frontend") { _ in .shutdown },
        command("set maxconn frontend", "change a frontend's maxconn setting", taking: " <value>") {
            (words) throws(FrontendRefusal) in
            guard let value = words.first.flatMap({ Int($0) }) else {
                throw .because("Integer value expected.\n")
            }
            guard (0...Int(Int32.max)).contains(value) else {
                throw .because("Value out of range.\n")
            }
            return .maxConnections(value)
        },
    ]

    /// - Parameters:
    ///   - arguments: those behind the frontend's name
    ///   - order: by those
    private static func command(
        _ name: String,
        _ help: String,
        taking arguments: String = "",
        _ order:
            @escaping @Sendable (ArraySlice<String>) throws(FrontendRefusal) -> FrontendOrder
    ) -> RuntimeCommand {
        RuntimeCommand(
            name,
            "<frontend>" + arguments,
            level: .admin,
            help: help,
            action: .reply { call in
                do throws(FrontendRefusal) {
                    guard let frontend = call.arguments.first else { throw .unnamed }
                    guard isThere(frontend, call) else { throw .noFrontend }
                    try call.delegate.carryOut(
                        try order(call.arguments.dropFirst()),
                        onFrontend: frontend
                    )
                    return ""
                } catch {
                    return error.text
                }
            }
        )
    }

    private static func isThere(_ frontend: String, _ call: RuntimeCommand.Invocation) -> Bool {
        call.delegate.statistics().contains {
            $0.kind == .frontend && $0.proxyName == frontend
        }
    }
}
