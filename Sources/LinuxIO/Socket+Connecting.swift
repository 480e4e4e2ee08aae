internal import CLinux
internal import Glibc
package import Primitives

// How a TCP socket is kept alive and where it connects from.
extension Socket {
    /// Turns keep-alive on, with what is not given as the system has it, or off.
    ///
    /// A listener hands it on to what it accepts; that had other values before a reload.
    package func set(_ keepAlive: KeepAlive?) throws(SystemError) {
        guard let keepAlive else { return try set(SOL_SOCKET, SO_KEEPALIVE, 0) }
        try set(SOL_SOCKET, SO_KEEPALIVE, 1)
        let values = [
            (TCP_KEEPCNT, keepAlive.count), (TCP_KEEPIDLE, keepAlive.idle),
            (TCP_KEEPINTVL, keepAlive.interval),
        ]
        for (option, value) in values {
            if let value {
                try set(Int32(IPPROTO_TCP), option, value)
            } else {
                try set(Int32(IPPROTO_TCP), option, Self.systemValue(option))
            }
        }
    }

    /// What a new socket of this network namespace has.
    private static func systemValue(_ option: Int32) throws(SystemError) -> Int32 {
        try Socket(.stream, for: .anyV4).integer(Int32(IPPROTO_TCP), option)
    }

    private func integer(_ level: Int32, _ option: Int32) throws(SystemError) -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        try SystemCall.run("getsockopt", "level \(level) option \(option)") {
            unsafe getsockopt(descriptor.raw, level, option, &value, &size)
        }
        return value
    }

    /// Before `connect`: leaves by the interface and from the address of `source`. The port is
    /// chosen by `connect`, which knows the whole tuple.
    package func leave(from source: ConnectSource) throws(SystemError) {
        if let name = source.interface {
            try set(SOL_SOCKET, Int32(HB_SO_BINDTOIFINDEX), HostInterface.index(name))
        }
        guard !source.address.isUnspecified else { return }
        try set(Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
        try bind(to: Endpoint(source.address, 0))
    }
}

extension HostInterface {
    /// Its number, in the network namespace of the calling thread.
    package static func index(_ name: String) throws(SystemError) -> Int32 {
        let index = unsafe if_nametoindex(name)
        guard index != 0 else { throw SystemError("if_nametoindex", name, errno: ENODEV) }
        return Int32(bitPattern: index)
    }
}
