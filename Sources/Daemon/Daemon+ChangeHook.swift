internal import Configuration
internal import Glibc
internal import Heart
internal import PairControl
internal import Primitives
internal import Synchronization

extension Daemon {
    /// Tells the `on-change` program what it should know of this; on the clerk's thread.
    func tellHook(_ notice: Notice) {
        guard let settings = parts.withLock({ $0.configuration.pair?.onChange }), let hook,
            let call = hookCall(for: notice)
        else { return }
        hook.call(ChangeHook.Program(path: settings.path, timeout: settings.timeout), call)
    }

    private func hookCall(for notice: Notice) -> ChangeHook.Call? {
        switch notice {
        case .roleChanged(_, let role, let epoch, let why):
            return ChangeHook.Call(node: nodeName, role: "\(role)", epoch: epoch, reason: why)
        case .twoHolders(let peer, let survivor) where survivor == nodeName:
            // What others did when the peer took it has to be done again.
            guard case .active(let activation) = heart?.snapshot?.node.state else { return nil }
            return ChangeHook.Call(
                node: nodeName,
                role: "active",
                epoch: activation.epoch,
                reason: "\(peer) held the virtual IP too, this node keeps it"
            )
        case .segment(let alarm, let peer, let isHolder):
            // The role has not changed, and yet somebody has to look.
            guard let node = heart?.snapshot?.node else { return nil }
            return ChangeHook.Call(
                node: nodeName,
                role: "\(node.state.role)",
                epoch: node.activationEpoch,
                reason: alarm.text(peer: peer, isHolder: isHolder)
            )
        default:
            return nil
        }
    }
}

extension ChangeHookSettings {
    /// Why the program could not be run on this host, or should not be; `nil`: all is well. It runs
    /// with the daemon's rights, so nobody else may write to it.
    var complaint: String? {
        let place = "\(location): on-change \(path)"
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return "\(place): there is no such file" }
        guard info.st_mode & S_IFMT == S_IFREG else { return "\(place) is not a file" }
        guard unsafe access(path, X_OK) == 0 else {
            return "\(place): this process may not run it (`chmod 0755`)"
        }
        guard info.st_uid == 0, info.st_mode & 0o022 == 0 else {
            return "\(place): others than root can write to it: `chown root`, `chmod go-w`"
        }
        return nil
    }
}
