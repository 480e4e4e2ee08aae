package import BalancerCore
package import Configuration
internal import ControlPlane
package import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives
package import Relay

/// What one configuration became; a reload replaces it as a whole.
package struct Parts: Sendable {
    package var configuration: BalancerConfiguration
    /// As the files had it: without what was edited since.
    var loaded: BalancerConfiguration
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

    var stickingBackends: [Backend] {
        zip(definitions, backends).filter { $0.0.stick != nil }.map(\.1)
    }

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
            loaded: configuration,
            plan: plan,
            knownBackends: known,
            definitions: definitions,
            heart: heart,
            logs: try LogSetup(configuration),
            loadedAt: .now,
            loadedAtWall: .now
        )
    }

    /// The same with other servers. Looks up new names only, and reads no file.
    func amended(_ configuration: BalancerConfiguration) throws(UnusableLine) -> Parts {
        var new = self
        new.configuration = configuration
        let texts = ServerDifference.texts(from: loaded, to: configuration)
        new.configuration.digest =
            texts.isEmpty
            ? loaded.digest
            : FNV1a.hash("\(loaded.digest) \(texts.sorted())")
        let translation = RelayTranslation(
            configuration: new.configuration,
            existing: knownBackends,
            names: KnownNames(of: self),
            now: .now
        )
        new.definitions = try translation.backendDefinitions()
        new.plan = translation.plan(new.definitions, sources: plan.virtualSources)
        for backend in new.plan.backends {
            new.knownBackends[backend.backend.name] = backend.backend
        }
        if var settings = heart {
            settings.pair.configurationDigest = new.configuration.digest
            new.heart = SegmentNeighbours.found(for: settings, among: new.definitions)
        }
        return new
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
        case (let new?, let running?):
            if let change = new.canReplace(running) { return change }
            let members = configuration.pair?.arbiter?.members
            return members == old.configuration.pair?.arbiter?.members ? nil : "the arbiter line"
        case (_?, nil): return "a new pair section"
        case (nil, _?): return "the removed pair section"
        }
    }
}
