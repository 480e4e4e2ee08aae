/// `option mysql-check [user NAME [pre-41 | post-41 | post-80]]`.
package struct MySQLCheck: Sendable, Equatable {
    /// The layout of the authentication packet.
    package enum Dialect: Sendable, Equatable, CaseIterable {
        /// Before MySQL 4.1: 16 bits of capabilities.
        case pre41
        /// MySQL 4.1 and later, MariaDB: HAProxy's default since 2.2.
        case post41
        /// Names the plugin `mysql_native_password`, which MySQL 8 asks for.
        case post80
    }

    /// The name that the check logs in with, without a password. `nil`: only the greeting is read.
    package var user: String?
    package var dialect: Dialect

    package init(user: String? = nil, dialect: Dialect = .post41) {
        precondition(
            (user?.utf8.count ?? 0) <= BalancerLimits.checkUserBytes,
            "the user name is too long"
        )
        self.user = user
        self.dialect = dialect
    }
}
