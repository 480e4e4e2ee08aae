/// What a check does once it is connected.
package enum CheckKind: Sendable, Equatable {
    /// Nothing: a connection that stands is a pass.
    case tcp
    /// `option mysql-check`
    case mysql(MySQLCheck)
}
