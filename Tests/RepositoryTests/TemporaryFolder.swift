import Testing

/// Makes a folder, and removes it and what is in it after `body`, also when that throws.
func withTemporaryFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let name = Command("mktemp", "-d").run()
    let path = String(name.output.prefix { $0 != "\n" })
    try #require(name.status == 0 && path.hasPrefix("/"))
    defer { _ = Command("rm", "-rf", path).run() }
    return try body(path)
}

/// Writes a file that only its owner can read.
func write(_ text: String, to path: String) throws {
    let script = "umask 077; printf %s \"$1\" > \"$2\""
    try #require(Command("sh", "-c", script, "sh", text, path).run().status == 0)
}
