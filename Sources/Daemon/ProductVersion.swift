/// What `-v`, `show version` and `show info` say.
package enum ProductVersion {
    package static let number = "0.1.0"
    /// As HAProxy prints it.
    package static let releaseDate = "2026/11/24"
}
