internal import ControlPlane
internal import Heart
internal import PairControl
internal import VIPManager

/// Log levels and words for what the heart reports.
extension Notice {
    var severity: Severity {
        switch importance {
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .alert: .alert
        }
    }
}

extension RailTrouble {
    var severity: Severity {
        switch self {
        case .opened, .worksAgain: .notice
        case .cannotOpen, .cannotSend: .warning
        }
    }

    var text: String {
        switch self {
        case .cannotOpen(let rail, let name, let reason):
            "heartbeat rail \(rail + 1) (\(name)) cannot be opened: \(reason); trying again "
                + "each second"
        case .opened(let rail, let name):
            "heartbeat rail \(rail + 1): \(name)"
        case .cannotSend(let rail, let name, let reason):
            "heartbeat rail \(rail + 1) (\(name)) cannot send: \(reason)"
        case .worksAgain(let rail, let name):
            "heartbeat rail \(rail + 1) (\(name)) can send again"
        }
    }
}

extension VIPEvent {
    /// `nil` for what the log has already: the change of role behind it.
    var logLine: (Severity, String)? {
        switch self {
        case .held, .released, .suspended, .announced: nil
        case .fenceRepaired:
            (.warning, "the fence had been removed by something else (tc qdisc del?): it is back")
        case .fenceLost(let errno):
            (
                .alert,
                "the fence was removed by something else and the kernel refuses it now "
                    + "(errno \(errno)): only the lifetime of the address is left"
            )
        case .repaired(let address):
            (.warning, "\(address) had been removed by something else: it is back and announced")
        case .failed(let fault): (.alert, "virtual IP: \(fault)")
        case .linkChanged(let interface, let isUsable):
            (isUsable ? .notice : .warning, "interface \(interface) is \(isUsable ? "up" : "down")")
        case .announcementFailed(let address, let fault):
            (.warning, "\(address) could not be announced: \(fault)")
        case .leftoverRemoved(let address, let prefixLength, let interface):
            (
                .warning,
                "removed \(address)/\(prefixLength) from \(interface): left over from an "
                    + "earlier life "
                    + "or added by hand"
            )
        }
    }
}
