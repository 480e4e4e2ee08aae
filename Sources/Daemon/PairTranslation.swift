internal import Configuration
internal import Glibc
internal import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import VIPManager

/// From the `pair` section to what the heart needs.
enum PairTranslation {
    private static let keyFileLimit = 64 * 1024

    static func heartSettings(
        _ pair: Configuration.PairSettings,
        node name: String,
        digest: UInt64
    ) throws(StartFailure) -> HeartSettings {
        guard let own = pair.nodes.firstIndex(where: { $0.name == name }) else {
            let names = pair.nodes.map(\.name).joined(separator: ", ")
            throw StartFailure(
                "\(pair.location): this host is called '\(name)', but the nodes of pair "
                    + "\(pair.name) "
                    + "are \(names). Name this node with -L NODE, or correct the node lines"
            )
        }
        let members = pair.nodes.enumerated().map { order, node in
            PairMember(name: node.name, priority: node.priority, order: order)
        }
        let rails = zip(pair.nodes[own].addresses, pair.nodes[1 - own].addresses).map {
            HeartSettings.Rail(own: $0, peer: $1)
        }
        var settings = PairControl.PairSettings(
            name: pair.name,
            own: members[own],
            peer: members[1 - own],
            railCount: rails.count
        )
        settings.interval = pair.heartbeat.interval
        settings.deadAfter = pair.heartbeat.deadAfter
        settings.bootHold = pair.bootHold
        settings.preempt = pair.preempts
        settings.configurationDigest = digest
        return HeartSettings(
            pair: settings,
            rails: rails,
            port: pair.heartbeat.port,
            keys: try keys(pair.secretFile),
            virtualAddresses: pair.virtualAddresses.map {
                VIPManager.VirtualAddress($0.address, interface: $0.interface)
            }
        )
    }

    /// - Throws: what is wrong with the file and what to do.
    static func keys(_ path: String) throws(StartFailure) -> PairKeys {
        let bytes: [UInt8]
        do {
            bytes = try FileContent.read(path, limit: keyFileLimit)
        } catch {
            throw StartFailure("secret-file \(path): \(advice(error, path))")
        }
        do {
            return try PairKeys(file: bytes)
        } catch {
            throw StartFailure("secret-file \(path): \(error)")
        }
    }

    private static func advice(_ error: SystemError, _ path: String) -> String {
        switch error.errno {
        case ENOENT:
            "there is no such file. Make it on one node with "
                + "`(umask 077; head -c 32 /dev/urandom | base64 > \(path))` "
                + "and copy it to the other one"
        case EACCES, EPERM:
            "this process may not read it. It belongs to root with mode 0600; "
                + "run the command as root (sudo)"
        default:
            "cannot read it: \(error.reason)"
        }
    }
}
