internal import BalancerCore
internal import Checks
internal import Configuration
internal import ControlPlane
internal import Heart
internal import LinuxIO
internal import Relay
internal import Synchronization

/// How often the configuration was to be read again.
struct ReloadCount {
    private(set) var total = 0
    /// Since the last that succeeded.
    private(set) var failed = 0

    mutating func count(_ result: CommandResult) {
        total += 1
        if case .done = result { failed = 0 } else { failed += 1 }
    }
}

/// The running process takes a new configuration over: all of it, or nothing.
extension Daemon {
    /// On the main thread. Sessions, health, counters and the virtual IP stay as they are.
    func reload() -> CommandResult {
        let result = tryReload()
        reloads.withLock { $0.count(result) }
        switch result {
        case .done(let text): log.line(.notice, "reload: \(text)")
        case .refused(let reason):
            log.line(.alert, "reload refused, nothing was changed: \(reason)")
        }
        return result
    }

    private func tryReload() -> CommandResult {
        let outcome = source.load()
        guard let configuration = outcome.configuration else {
            let count = outcome.errorCount
            return .refused("\(count) error\(count == 1 ? "" : "s")\n\(outcome.rendered)")
        }
        let old = parts.withLock { $0 }
        let new: Parts
        do {
            new = try Parts.make(configuration, node: nodeName, existing: old)
        } catch {
            return .refused("\(error)")
        }
        if let change = new.changeThatNeedsRestart(from: old) {
            return .refused("\(change) cannot be changed while running: restart ha-balancer")
        }
        let controls: [String: GLBControls.Place]
        do {
            controls = try glbControls.opened(for: new.configuration, of: self)
        } catch {
            return .refused("\(error)")
        }
        do {
            try engine.apply(new.plan, opensStopped: true)
        } catch {
            glbControls.dismiss(controls)
            return .refused("\(error)")
        }
        adopt(new)
        glbControls.adopt(controls)
        tellForgotten(old)
        warnOfFiles(new)
        return .done("configuration loaded from \(source.text)")
    }

    /// After this point nothing can fail any more.
    func adopt(_ new: Parts) {
        parts.withLock { $0 = new }
        log.replace(with: new.logs)
        for (definition, backend) in zip(new.definitions, new.backends) {
            carryOut(backend.reconfigure(definition, now: .now), of: backend)
        }
        checks.reconfigure(new.backends)
        if let settings = new.heart {
            heart?.configure(settings)
            teller?.configure(settings, sticking: new.stickingBackends)
        }
        tracker?.follow(new.configuration.pair?.tracks ?? [])
    }
}
