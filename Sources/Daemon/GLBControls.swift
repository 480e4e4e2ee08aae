internal import Configuration
internal import ControlPlane
internal import NIOCore
internal import Primitives
internal import Synchronization

/// The `glb-control` ports and FIFOs that are open, by their sections.
final class GLBControls: Sendable {
    /// Those of one section.
    struct Place {
        var server: GLBControlServer?
        var fifo: GLBFifo?
    }

    private let running = Mutex<[String: Place]>([:])

    /// Those of a configuration: what is open already stays, the rest is opened. When it throws,
    /// the new ones are closed again.
    func opened(
        for configuration: BalancerConfiguration,
        of daemon: Daemon
    ) throws(StartFailure) -> [String: Place] {
        let old = running.withLock { $0 }
        var result: [String: Place] = [:]
        do {
            for proxy in configuration.proxies where !proxy.isDisabled {
                let place = old[proxy.name] ?? Place()
                if place.server?.endpoint == proxy.glbControl {
                    result[proxy.name, default: Place()].server = place.server
                } else if let endpoint = proxy.glbControl {
                    result[proxy.name, default: Place()].server = try GLBControlServer.start(
                        on: endpoint,
                        delegate: GLBFacade(daemon: daemon, proxy: proxy.name),
                        group: daemon.events
                    )
                }
                if place.fifo?.path == proxy.glbFifo {
                    result[proxy.name, default: Place()].fifo = place.fifo
                } else if let path = proxy.glbFifo {
                    result[proxy.name, default: Place()].fifo = try GLBFifo.start(
                        at: path,
                        delegate: GLBFacade(daemon: daemon, proxy: proxy.name),
                        group: daemon.events
                    )
                }
            }
            return result
        } catch {
            dismiss(result)
            throw StartFailure("glb-control: \(error)")
        }
    }

    /// Closes those that were opened for a configuration that does not come.
    func dismiss(_ opened: [String: Place]) {
        close(opened, except: running.withLock { $0 })
    }

    /// Closes those that are not among these.
    func adopt(_ new: [String: Place]) {
        let old = running.withLock { running in
            defer { running = new }
            return running
        }
        close(old, except: new)
    }

    private func close(_ places: [String: Place], except kept: [String: Place]) {
        for (name, place) in places {
            if let server = place.server, kept[name]?.server !== server { server.stop() }
            if let fifo = place.fifo, kept[name]?.fifo !== fifo { fifo.stop() }
        }
    }
}
