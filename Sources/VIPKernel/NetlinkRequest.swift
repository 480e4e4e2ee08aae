internal import CLibmnl
internal import Primitives
package import VIPManager

/// Requests to rtnetlink as bytes. Building one needs no socket.
package enum NetlinkRequest {
    /// `RTM_NEWADDR` or `RTM_DELADDR`. Adding creates or refreshes (`NLM_F_CREATE|NLM_F_REPLACE`).
    ///
    /// IPv6 is added without duplicate address detection (RFC 4862 would keep it unusable for a
    /// second), without a route of its own, and with a preferred lifetime of zero: a /128 would
    /// otherwise win the source address selection of RFC 6724 and this node's own connections would
    /// come from the virtual address.
    /// - Parameters:
    ///   - tag: `IFA_PROTO`; the kernel keeps it from 5.18 on and ignores it before.
    ///   - lifetime: in seconds, after which the kernel removes the address by itself; for ever if
    ///     `nil`.
    package static func address(
        _ operation: AddressOperation,
        tag: UInt8,
        sequence: UInt32,
        lifetime seconds: UInt32? = nil
    ) -> [UInt8] {
        let isAdd = operation.action == .add
        let address = operation.key.address
        return unsafe build(
            isAdd ? RTM_NEWADDR : RTM_DELADDR,
            flags: isAdd ? NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE : NLM_F_ACK,
            sequence: sequence
        ) { message in
            let header = unsafe extraHeader(message, ifaddrmsg.self)
            unsafe header.pointee.ifa_family = UInt8(address.isV4 ? AF_INET : AF_INET6)
            unsafe header.pointee.ifa_prefixlen = operation.key.prefixLength
            unsafe header.pointee.ifa_index = operation.key.index
            let bytes = address.networkBytes
            unsafe mnl_attr_put(message, UInt16(IFA_LOCAL), bytes.count, bytes)
            unsafe mnl_attr_put(message, UInt16(IFA_ADDRESS), bytes.count, bytes)
            guard isAdd else { return }
            unsafe mnl_attr_put_u8(message, UInt16(HB_IFA_PROTO), tag)
            if address.isV4 {
                guard let seconds else { return }
                unsafe put(ifa_cacheinfo(preferred: seconds, valid: seconds), message)
                return
            }
            let flags = UInt32(IFA_F_NODAD | IFA_F_NOPREFIXROUTE)
            unsafe mnl_attr_put_u32(message, UInt16(IFA_FLAGS), flags)
            unsafe put(ifa_cacheinfo(preferred: 0, valid: seconds ?? .max), message)
        }
    }

    private static func put(_ lifetime: ifa_cacheinfo, _ message: UnsafeMutablePointer<nlmsghdr>) {
        var lifetime = lifetime
        unsafe mnl_attr_put(
            message,
            UInt16(IFA_CACHEINFO),
            MemoryLayout<ifa_cacheinfo>.size,
            &lifetime
        )
    }

    /// `RTM_GETLINK` or `RTM_GETADDR` for the whole table, both address families.
    package static func dump(_ table: KernelTable, sequence: UInt32) -> [UInt8] {
        unsafe build(
            table == .links ? RTM_GETLINK : RTM_GETADDR,
            flags: NLM_F_ROOT | NLM_F_MATCH,
            sequence: sequence
        ) { message in
            switch table {
            case .links:
                _ = unsafe extraHeader(message, ifinfomsg.self)
                unsafe mnl_attr_put_u32(
                    message,
                    UInt16(IFLA_EXT_MASK),
                    UInt32(HB_EXT_FILTER_SKIP_STATS)
                )
            case .addresses:
                _ = unsafe extraHeader(message, ifaddrmsg.self)
            }
        }
    }

    private static func build(
        _ type: Int,
        flags: Int32,
        sequence: UInt32,
        _ fill: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) -> [UInt8] {
        // The longest request, an IPv6 address, has 100 bytes; libmnl does not check the room.
        // Zeroed, because libmnl leaves the padding of short attributes as it was.
        var bytes = [UInt8](repeating: 0, count: 256)
        let length = unsafe bytes.withUnsafeMutableBytes { buffer in
            // Invariant: libmnl writes headers and attributes of fixed sizes from the start of the
            // buffer, and nlmsg_len tells how far.
            guard let base = buffer.baseAddress, let message = unsafe mnl_nlmsg_put_header(base)
            else {
                preconditionFailure("a buffer without memory")
            }
            unsafe message.pointee.nlmsg_type = UInt16(type)
            unsafe message.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | flags)
            unsafe message.pointee.nlmsg_seq = sequence
            unsafe fill(message)
            return unsafe Int(message.pointee.nlmsg_len)
        }
        precondition(length <= bytes.count, "a netlink request that outgrew its buffer")
        bytes.removeLast(bytes.count - length)
        return bytes
    }

    private static func extraHeader<Header>(
        _ message: UnsafeMutablePointer<nlmsghdr>,
        _: Header.Type
    ) -> UnsafeMutablePointer<Header> {
        // mnl_nlmsg_put_extra_header zeroes the bytes it reserves and always returns a pointer.
        guard let header = unsafe mnl_nlmsg_put_extra_header(message, MemoryLayout<Header>.size)
        else {
            preconditionFailure("libmnl reserved no header")
        }
        return unsafe header.assumingMemoryBound(to: Header.self)
    }
}

extension ifa_cacheinfo {
    /// Both in seconds; `.max` is for ever.
    fileprivate init(preferred: UInt32, valid: UInt32) {
        self.init()
        ifa_prefered = preferred
        ifa_valid = valid
    }
}
