internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import LinuxIO
internal import Primitives

/// At start: what an operator had said of servers before the last stop (HAProxy's server_state.c).
/// A reload needs no file, for the process has not forgotten.
struct ServerStateLoader {
    /// Of ten thousand servers.
    private static let fileLimit = 4 << 20

    let parts: Parts

    /// What there is to tell: files that cannot be used, and what was taken over.
    func load() -> [(Severity, String)] {
        var files: [String: Result<[ServerStateFile.Entry], Failure>] = [:]
        var lines: [(Severity, String)] = []
        for proxy in parts.configuration.proxies where !proxy.isDisabled {
            guard let path = path(of: proxy), let backend = StatRows.backend(of: proxy, in: parts)
            else { continue }
            if files[path] == nil {
                files[path] = Self.read(path)
                if case .failure(let failure) = files[path] {
                    lines.append((.warning, "server-state-file \(path): \(failure.reason)"))
                }
            }
            guard case .success(let entries) = files[path] else { continue }
            let names = apply(entries.filter { $0.backend == proxy.name }, to: backend, proxy)
            guard !names.isEmpty else { continue }
            let list = names.joined(separator: ", ")
            lines.append((.notice, "\(proxy.name): as \(path) has it: \(list)"))
        }
        return lines
    }

    private struct Failure: Error {
        var reason: String
    }

    private static func read(_ path: String) -> Result<[ServerStateFile.Entry], Failure> {
        do {
            let bytes = try FileContent.read(path, limit: fileLimit)
            return .success(try ServerStateFile(String(decoding: bytes, as: UTF8.self)).entries)
        } catch {
            return .failure(Failure(reason: "\(error)"))
        }
    }

    private func path(of proxy: Proxy) -> String? {
        let global = parts.configuration.global
        let name: String
        switch proxy.serverState {
        case nil: return nil
        case .global:
            guard let file = global.serverStateFile else { return nil }
            name = file
        case .local(let file): name = file ?? proxy.name
        }
        guard !name.hasPrefix("/"), let base = global.serverStateBase else { return name }
        return base + "/" + name
    }

    /// - Returns: what has changed, server by server
    private func apply(
        _ entries: [ServerStateFile.Entry],
        to backend: Backend,
        _ proxy: Proxy
    ) -> [String] {
        var changes: [String] = []
        let lines = proxy.serversByName
        let ids = Dictionary(
            uniqueKeysWithValues: backend.snapshot(now: .now).servers.map { ($0.name, $0.id) }
        )
        for entry in entries {
            guard let id = ids[entry.server], let line = lines[entry.server] else { continue }
            if let state = Self.state(entry.administration, isDisabled: line.options.isDisabled) {
                _ = backend.setAdministrativeState(state, of: id, now: .now)
                changes.append("\(entry.server) \(Self.word(state))")
            }
            // A weight that was changed in the file since is the operator's newer word.
            guard entry.initialWeight == line.options.weight.whole,
                entry.weight != entry.initialWeight,
                BalancerLimits.weights.contains(entry.weight)
            else { continue }
            _ = backend.setWeight(Weight(entry.weight), of: id, now: .now)
            changes.append("\(entry.server) weight \(entry.weight)")
        }
        return changes
    }

    /// What the operator had said beside the configuration of then; `nil`: nothing, or the line has
    /// another word than then, which is newer.
    private static func state(
        _ administration: ServerStateReport.Administration,
        isDisabled: Bool
    ) -> AdministrativeState? {
        let wasDisabled = administration.contains(.configuredMaintenance)
        if administration.contains(.forcedMaintenance) {
            return wasDisabled || isDisabled ? nil : .maintenance
        }
        if isDisabled, !wasDisabled { return nil }
        if administration.contains(.forcedDrain) { return .drain }
        return isDisabled ? .ready : nil
    }

    private static func word(_ state: AdministrativeState) -> String {
        switch state {
        case .ready: "ready"
        case .drain: "drain"
        case .maintenance: "maint"
        }
    }
}
