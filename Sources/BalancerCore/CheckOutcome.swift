/// What one check found. Every way in which a check can end has a name: HAProxy's.
package struct CheckOutcome: Sendable, Equatable {
    package var code: Code
    /// The number that the server answered with, such as a MySQL error code, or the exit status of
    /// a program. 0 when there is none.
    package var status: Int
    /// `nil`: it was not a check that took a time.
    package var duration: Duration?
    /// The server's or the kernel's own words, one line of printable text; empty when there are
    /// none.
    package var info: String

    /// What an agent wants.
    package var report: AgentReport?

    package init(
        _ code: Code,
        status: Int = 0,
        duration: Duration?,
        info: String = "",
        report: AgentReport? = nil
    ) {
        self.code = code
        self.status = status
        self.duration = duration
        self.info = Self.printable(info)
        self.report = report
    }

    package var isPass: Bool { code.isPass }

    /// Text from the network goes into log lines and CSV: no control characters, no end of a line
    /// or of a quotation, no endless length.
    private static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(BalancerLimits.checkInfoCharacters) {
            let isPlain = scalar.value >= 0x20 && scalar.value < 0x7F
            result.unicodeScalars.append(isPlain && scalar != "\"" ? scalar : "?")
        }
        return result
    }
}
