extension CheckOutcome {
    /// The outcome that a verdict of `mysql-check` stands for; `nil` while it needs more.
    package init?(_ verdict: MySQLCheckExchange.Verdict, duration: Duration) {
        switch verdict {
        case .needsMore:
            return nil
        case .passed(let version):
            self.init(.layer7OK, duration: duration, info: version)
        case .refused(let code, let message):
            self.init(.layer7WrongStatus, status: code, duration: duration, info: message)
        case .invalid(let reason):
            self.init(.layer7InvalidResponse, duration: duration, info: reason)
        }
    }
}
