package import BalancerCore
package import Configuration
internal import ControlPlane
package import Heart
internal import LinuxIO
internal import Primitives
package import Relay

/// What one configuration became; a reload replaces it as a whole.
package struct Parts: Sendable {
    package var configuration: BalancerConfiguration
    package var plan: RelayPlan
    /// Every backend that this process has had, by name: one that comes back is the same object.
    var knownBackends: [String: Backend]
    /// Those of `plan.backends`, for reconfiguring them.
    package var definitions: [BackendDefinition]
    package var heart: HeartSettings?
    var logs: LogSetup
    var loadedAt: Instant
    var loadedAtWall: WallTime

    var backends: [Backend] { plan.backends.map(\.backend) }

    /// Turns a parsed configuration into running settings. Blocks for names and key files.
    /// - Parameter existing: the parts that run already; backends of the same name stay, those too
    ///   that an earlier reload had removed.
    package static func make(
        _ configuration: BalancerConfiguration,
        node: String,
        existing: Parts?
    ) throws(StartFailure) -> Parts {
        var known = existing?.knownBackends ?? [:]
        let translation = RelayTranslation(
            configuration: configuration,
            existing: known,
            now: .now
        )
        guard configuration.proxies.contains(where: { !$0.isDisabled && !$0.binds.isEmpty }) else {
            throw StartFailure(
                "nothing listens: add a 'listen' or 'frontend' section with a 'bind' line"
            )
        }
        var heart: HeartSettings?
        if let pair = configuration.pair {
            heart = try PairTranslation.heartSettings(
                pair,
                node: node,
                digest: configuration.digest
            )
        }
        let definitions: [BackendDefinition]
        do {
            definitions = try translation.backendDefinitions()
        } catch {
            throw StartFailure("\(error)")
        }
        if let settings = heart {
            heart = SegmentNeighbours.found(for: settings, among: definitions)
        }
        let plan = translation.plan(
            definitions,
            sources: heart.map { VirtualSources.sources($0) } ?? []
        )
        for backend in plan.backends { known[backend.backend.name] = backend.backend }
        return Parts(
            configuration: configuration,
            plan: plan,
            knownBackends: known,
            definitions: definitions,
            heart: heart,
            logs: try LogSetup(configuration),
            loadedAt: .now,
            loadedAtWall: .now
        )
    }

    /// What a reload cannot change in a running process; `nil` when there is no such change.
    package func changeThatNeedsRestart(from old: Parts) -> String? {
        if configuration.global.threads != old.configuration.global.threads { return "nbthread" }
        if configuration.global.engine != old.configuration.global.engine { return "tune.engine" }
        if configuration.global.stateDirectory != old.configuration.global.stateDirectory {
            return "state-dir"
        }
        if configuration.global.statsSockets != old.configuration.global.statsSockets {
            return "stats socket"
        }
        switch (heart, old.heart) {
        case (nil, nil): return nil
        case (let heart?, let oldHeart?):
            let arbiters = [configuration, old.configuration].map { $0.pair?.arbiter?.members }
            return heart.canReplace(oldHeart)
                ?? (arbiters[0] == arbiters[1] ? nil : "the arbiter line")
        case (_?, nil): return "a new pair section"
        case (nil, _?): return "the removed pair section"
        }
    }
}
