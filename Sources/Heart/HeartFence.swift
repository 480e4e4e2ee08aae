internal import Heartbeat
internal import LinuxIO
internal import Primitives
internal import VIPKernel
internal import VIPManager

/// The fence as far as this kernel has one: made once, before the heart's thread runs.
struct HeartFence {
    let driver: FenceDriver?
    /// Why there is none.
    let fault: String?

    var kind: FenceKind { driver == nil ? .addressLifetime : .deadline }

    /// - Parameter inherited: the guardian's map.
    init(_ addresses: [VirtualAddress], inherited: Int32?) {
        do {
            driver = try Self.make(addresses, inherited)
            fault = nil
        } catch {
            driver = nil
            fault = "\(error)"
            // Those of an earlier life that had the right to make them would be closed for ever.
            FenceDriver.remove(from: addresses)
        }
    }

    private static func make(
        _ addresses: [VirtualAddress],
        _ inherited: Int32?
    ) throws(SystemError) -> FenceDriver {
        let deadline =
            if let inherited {
                try FenceDeadline(adopting: OwnedDescriptor(adopting: inherited))
            } else {
                try FenceDeadline()
            }
        let driver = try FenceDriver(addresses: addresses, deadline: deadline)
        try driver.attachToAll()
        return driver
    }

    /// For the log, once.
    var advice: String? {
        guard let fault else { return nil }
        let seconds = FenceKind.lifetimeOfAddress.milliseconds / 1000
        return "the kernel refuses the fence (\(fault)): if this node hangs or dies while it holds "
            + "the virtual IP, only the lifetime of the address stops it, and the other node waits "
            + "\(seconds + 1) s before it takes over (CAP_BPF and CAP_NET_ADMIN allow it)"
    }
}
