/// A stick table, as `show table` writes it.
package struct StickTableReport: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// Its address.
        package var key: String
        /// Milliseconds until it is forgotten; 0: never.
        package var expiresIn: Int
        /// The number and name of its server in `show stat`; 0 and `-`: it is there no more.
        package var serverID: Int
        package var serverName: String

        package init(key: String, expiresIn: Int, serverID: Int, serverName: String) {
            self.key = key
            self.expiresIn = expiresIn
            self.serverID = serverID
            self.serverName = serverName
        }
    }

    package var name: String
    package var size: Int
    /// Addresses that it holds.
    package var used: Int

    package init(name: String, size: Int, used: Int) {
        self.name = name
        self.size = size
        self.used = used
    }

    /// `# table: db, type: ip, size:1024, used:3`
    var title: String { "# table: \(name), type: ip, size:\(size), used:\(used)\n" }

    /// With the entries of one key, or all. The number in front stands for HAProxy's pointer:
    /// different for each line.
    func text(_ entries: [Entry], key: String?) -> String {
        let lines = entries.enumerated().filter { key == nil || $0.element.key == key }
        guard key == nil || !lines.isEmpty else { return "" }
        return title
            + lines.map { index, entry in
                "0x\(String(index + 1, radix: 16)): key=\(entry.key) use=0 exp=\(entry.expiresIn)"
                    + " server_id=\(entry.serverID) server_key=\(entry.serverName)\n"
            }.joined()
    }
}
