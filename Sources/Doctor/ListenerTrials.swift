internal import ControlPlane
internal import Daemon
internal import Diagnosis
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Relay

/// Whether every `bind` line can be opened, by opening it for a moment.
struct ListenerTrials {
    private let parts: Parts
    private let local: LocalDaemon

    init(_ parts: Parts, _ local: LocalDaemon) {
        self.parts = parts
        self.local = local
    }

    func run() -> [ListenerFact] {
        let open = Set((local.report?.frontends ?? []).map(\.endpoint))
        return parts.plan.frontends.flatMap { frontend in
            frontend.listeners.map { listener in
                ListenerFact(
                    name: frontend.name,
                    endpoint: listener.endpoint,
                    state: open.contains("\(listener.endpoint)")
                        ? .ours : state(of: listener.endpoint)
                )
            }
        }
    }

    private func state(of endpoint: Endpoint) -> ListenerFact.State {
        do {
            _ = try Socket.listener(on: endpoint, backlog: 1)
            return .free
        } catch {
            return error.errno == EADDRINUSE ? .taken : .failed(error.reason)
        }
    }
}
