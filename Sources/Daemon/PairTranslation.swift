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
        let own = try index(of: name, in: pair)
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
            railCount: rails.count + pair.ethernetRails.count
        )
        settings.interval = pair.heartbeat.interval
        settings.deadAfter = pair.heartbeat.deadAfter
        settings.bootHold = pair.bootHold
        settings.preempt = pair.preempts
        settings.hasArbiter = pair.arbiter != nil
        settings.fitHold = fitHold(pair)
        settings.configurationDigest = digest
        var heart = HeartSettings(
            pair: settings,
            rails: rails,
            ethernetRails: pair.ethernetRails.map(\.interface),
            port: pair.heartbeat.port,
            keys: try keys(pair),
            virtualAddresses: pair.virtualAddresses.map {
                VIPManager.VirtualAddress($0.address, interface: $0.interface)
            }
        )
        heart.trackedInterfaces = pair.tracks.compactMap { track in
            if case .interface(let name) = track.subject { name } else { nil }
        }
        return heart
    }

    /// A fault that both nodes share is seen by one up to one interval and one try after the other.
    private static func fitHold(_ pair: Configuration.PairSettings) -> Duration {
        let paced = pair.tracks.filter { track in
            if case .interface = track.subject { false } else { true }
        }
        return paced.map { $0.interval + $0.timeout }.reduce(.seconds(1), max)
    }

    private static func index(
        of name: String,
        in pair: Configuration.PairSettings
    ) throws(StartFailure) -> Int {
        if let own = pair.nodes.firstIndex(where: { $0.name == name }) { return own }
        let names = pair.nodes.map(\.name).joined(separator: ", ")
        throw StartFailure(
            "\(pair.location): this node is called '\(name)', but the nodes of pair \(pair.name) "
                + "are \(names). Name this node with -L NODE, or correct the node lines"
        )
    }

    /// All that keeps this node from being one of the pair.
    static func complaints(_ pair: Configuration.PairSettings, node name: String) -> [String] {
        var list: [String] = []
        do { _ = try index(of: name, in: pair) } catch { list.append("\(error)") }
        do { _ = try keys(pair) } catch { list.append("\(error)") }
        return list
    }

    /// - Throws: what is wrong with the file and what to do.
    static func keys(_ pair: Configuration.PairSettings) throws(StartFailure) -> PairKeys {
        let path = pair.secretFile
        let place = "\(pair.secretFileLocation): secret-file \(path)"
        let bytes: [UInt8]
        do {
            bytes = try FileContent.read(path, limit: keyFileLimit)
        } catch {
            throw StartFailure("\(place): \(advice(error, path))")
        }
        do {
            return try PairKeys(file: bytes)
        } catch {
            throw StartFailure("\(place): \(error)")
        }
    }

    /// What is wrong with the mode of a key file that can be read: whoever knows the key can take
    /// the virtual IP away.
    static func exposure(_ pair: Configuration.PairSettings) -> String? {
        let path = pair.secretFile
        var info = stat()
        guard unsafe stat(path, &info) == 0, info.st_mode & 0o077 != 0 else { return nil }
        let mode = String(info.st_mode & 0o7777, radix: 8)
        return "\(pair.secretFileLocation): secret-file \(path) has mode 0\(mode): others than its "
            + "owner can use it. `chmod 0400 \(path)`, and a new key if somebody may have read it"
    }

    private static func advice(_ error: SystemError, _ path: String) -> String {
        switch error.errno {
        case ENOENT:
            "there is no such file. Make it on one node with "
                + "`(umask 077; head -c 32 /dev/urandom | base64 > \(path))` "
                + "and copy it to the other one"
        case EACCES, EPERM:
            "this process may not read it. The daemon's user owns it, with mode 0400 "
                + "(`chown ha-balancer`); by hand, run the command as root (sudo)"
        default:
            "cannot read it: \(error.reason)"
        }
    }
}
