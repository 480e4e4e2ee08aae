internal import Diagnosis
internal import Glibc
internal import LinuxIO

/// Release, settings and default routes of the kernel, by /proc.
enum KernelSettings {
    private static let general = [
        "net/ipv4/ip_forward", "net/ipv4/ip_nonlocal_bind", "net/ipv4/ip_local_port_range",
    ]
    private static let perInterface = ["arp_ignore", "arp_announce", "rp_filter"]

    static func read(interfaces: Set<String>) -> KernelFact {
        var fact = KernelFact()
        fact.release = (FileContent.text("/proc/sys/kernel/osrelease") ?? "").trimmed
        let names = interfaces.union(["all"]).flatMap { interface in
            perInterface.map { "net/ipv4/conf/\(interface)/\($0)" }
        }
        for name in general + names {
            fact.settings[name] = FileContent.text("/proc/sys/\(name)")?.trimmed
        }
        fact.defaultRoutes = defaultRoutes(FileContent.text("/proc/thread-self/net/route") ?? "")
        return fact
    }

    /// Interface and destination are the first two columns; 00000000 with the mask 00000000 is
    /// the default route.
    static func defaultRoutes(_ table: String) -> Set<String> {
        Set(
            table.split(separator: "\n").dropFirst().compactMap { line in
                let columns = line.split(whereSeparator: \.isWhitespace)
                guard columns.count >= 8, columns[1] == "00000000", columns[7] == "00000000" else {
                    return nil
                }
                return String(columns[0])
            }
        )
    }
}

extension String {
    /// Without the white space around it.
    var trimmed: String {
        let rest = drop(while: \.isWhitespace)
        let blanks = rest.reversed().prefix(while: \.isWhitespace).count
        return String(rest.dropLast(blanks))
    }
}
