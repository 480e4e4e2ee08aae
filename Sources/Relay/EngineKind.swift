package import LinuxIO

/// How a worker hears of its sockets.
package enum EngineKind: String, Sendable {
    case epoll
    case ioUring = "io_uring"
}

/// `tune.engine`: which engine the configuration asks for.
package enum EngineChoice: Sendable, Equatable {
    /// io_uring where this kernel has what it needs, else epoll.
    case auto
    case fixed(EngineKind)
}

/// The engine that runs, and why it is not the better one.
package struct EngineSelection: Sendable {
    package var kind: EngineKind
    /// What the probe of io_uring failed with; `nil`: it passed, or was not asked for.
    package var obstacle: SystemError?

    /// - Throws: when io_uring is asked for and this system does not have it
    init(_ choice: EngineChoice) throws(SystemError) {
        switch choice {
        case .fixed(.epoll):
            kind = .epoll
        case .fixed(.ioUring):
            try RingProbe.run()
            kind = .ioUring
        case .auto:
            do throws(SystemError) {
                try RingProbe.run()
                kind = .ioUring
            } catch {
                kind = .epoll
                obstacle = error
            }
        }
    }
}
