internal import NIOCore
internal import Synchronization

/// What the connections of one server share.
final class RuntimeAPIService: Sendable {
    let table: CommandTable
    let delegate: any ControlDelegate
    let limits: RuntimeAPILimits
    let counting = RuntimeAPICounting()
    private let isStopped = Mutex(false)

    init(table: CommandTable, delegate: any ControlDelegate, limits: RuntimeAPILimits) {
        self.table = table
        self.delegate = delegate
        self.limits = limits
    }

    /// The commands that one on the master's socket may mean.
    func table(for target: MasterTarget) -> CommandTable {
        switch target {
        case .master: .master
        case .worker: table
        }
    }

    /// Brings the result of a command back to its connection. A command may end after the server
    /// and its event loops: then there is nobody to tell.
    func deliver(on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        isStopped.withLock { isStopped in
            if !isStopped { eventLoop.execute(body) }
        }
    }

    /// After this no command touches an event loop: they may be shut down.
    func stop() {
        isStopped.withLock { $0 = true }
    }
}
