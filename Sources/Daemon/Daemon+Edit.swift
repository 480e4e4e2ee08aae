internal import Configuration
internal import ControlPlane
internal import LinuxIO
internal import Primitives
internal import Relay
internal import Synchronization

/// Servers that come, go and move while the daemon runs. An edit is a reload of a configuration
/// that nobody has read from a file; the next real reload forgets it.
extension Daemon {
    /// On the main thread.
    func edit(_ edit: ServerEdit, of server: ServerName) -> Result<String, ServerRefusal> {
        editServers { editor throws(ServerRefusal) in try editor.change(edit, server) }
    }

    /// On the main thread.
    /// - Returns: the reply
    func editServers(
        _ make: (ServerEditor) throws(ServerRefusal) -> ServerEditor.Change
    ) -> Result<String, ServerRefusal> {
        let old = parts.withLock { $0 }
        do throws(ServerRefusal) {
            let change = try make(ServerEditor(parts: old))
            guard let configuration = change.configuration else { return .success(change.reply) }
            let new: Parts
            do {
                new = try old.amended(configuration)
                try engine.apply(new.plan, opensStopped: false)
            } catch {
                throw .because("\(error)\n")
            }
            adopt(new)
            log.line(.notice, change.text + ", until the next reload")
            for remark in change.remarks { log.line(.warning, "\(change.text): \(remark)") }
            return .success(change.reply)
        } catch {
            return .failure(error)
        }
    }

    /// After a reload: what is forgotten now.
    func tellForgotten(_ old: Parts) {
        let texts = ServerDifference.texts(from: old.loaded, to: old.configuration)
        guard !texts.isEmpty else { return }
        log.line(
            .warning,
            "reload: the servers are those of the files again, forgotten is that "
                + texts.joined(separator: "; ")
        )
    }
}
