internal import Diagnosis
internal import Glibc
internal import LinuxIO

/// Where the distributions write addresses of interfaces.
enum NetworkFiles {
    private static let directories = [
        ("/etc/network/interfaces.d", ""), ("/etc/netplan", ".yaml"), ("/run/netplan", ".yaml"),
        ("/etc/systemd/network", ".network"), ("/run/systemd/network", ".network"),
        ("/etc/NetworkManager/system-connections", ".nmconnection"),
        ("/etc/sysconfig/network-scripts", ""),
    ]

    static func read(root: String) -> [NetworkFile] {
        let paths =
            [root + "/etc/network/interfaces"]
            + directories.flatMap { HostDirectory.paths(in: root + $0.0, suffix: $0.1) }
        return paths.compactMap { path in
            FileContent.text(path).map { NetworkFile(path: path, text: $0) }
        }
    }

    /// What systemd-networkd says of these interfaces (`/run/systemd/netif/links/INDEX`).
    static func networkd(_ interfaces: Set<String>, root: String) -> [NetworkdFact] {
        interfaces.sorted().compactMap { name in
            let index = unsafe if_nametoindex(name)
            guard index != 0,
                let link = FileContent.text("\(root)/run/systemd/netif/links/\(index)"),
                let file = value(of: "NETWORK_FILE", in: link)
            else { return nil }
            let pieces = [file] + HostDirectory.paths(in: "\(root)\(file).d", suffix: ".conf")
            let keeps = pieces.compactMap { path in
                FileContent.text(path.hasPrefix(root) ? path : root + path).flatMap {
                    value(of: "KeepConfiguration", in: $0)
                }
            }
            return NetworkdFact(interface: name, file: file, keepConfiguration: keeps.last)
        }
    }

    /// The last `NAME=value` of a file.
    private static func value(of name: String, in text: String) -> String? {
        let lines = text.split(separator: "\n").map { String($0).trimmed }
        return lines.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
