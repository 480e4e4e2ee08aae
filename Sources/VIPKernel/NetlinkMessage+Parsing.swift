internal import CLibmnl
internal import Primitives
internal import VIPManager

extension NetlinkMessage {
    /// The messages of one datagram; what follows a broken header is not looked at.
    package static func parse(_ datagram: [UInt8]) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        unsafe datagram.withUnsafeBytes { bytes in
            // Invariant: mnl_nlmsg_ok has checked that header and payload of `message` lie within
            // the remaining bytes before either is read.
            guard let base = bytes.baseAddress else { return }
            var message = unsafe base.assumingMemoryBound(to: nlmsghdr.self)
            var remaining = Int32(bytes.count)
            while unsafe mnl_nlmsg_ok(message, remaining) {
                unsafe messages.append(NetlinkMessage(message))
                guard let next = unsafe mnl_nlmsg_next(message, &remaining) else { return }
                unsafe message = UnsafePointer(next)
            }
        }
        return messages
    }

    private init(_ message: UnsafePointer<nlmsghdr>) {
        let header = unsafe message.pointee
        sequence = header.nlmsg_seq
        portID = header.nlmsg_pid
        isInterrupted = Int32(header.nlmsg_flags) & NLM_F_DUMP_INTR != 0
        body =
            switch Int(header.nlmsg_type) {
            case Int(NLMSG_ERROR):
                unsafe Self.errorNumber(message).map { .answer(errno: $0) } ?? .irrelevant
            case Int(NLMSG_DONE):
                // Kernels may end a dump without a status.
                unsafe .done(errno: Self.errorNumber(message) ?? 0)
            case RTM_NEWLINK, RTM_DELLINK:
                unsafe Self.link(message, isRemoval: Int(header.nlmsg_type) == RTM_DELLINK)
            case RTM_NEWADDR, RTM_DELADDR:
                unsafe Self.address(message, isRemoval: Int(header.nlmsg_type) == RTM_DELADDR)
            default: .irrelevant
            }
    }

    /// The kernel sends error numbers negated.
    private static func errorNumber(_ message: UnsafePointer<nlmsghdr>) -> Int32? {
        unsafe payload(message, Int32.self).map { $0 == .min ? .max : -$0 }
    }

    private static func link(_ message: UnsafePointer<nlmsghdr>, isRemoval: Bool) -> Body {
        // A bridge sends RTM_DELLINK of its own family when a port leaves it: the link is still
        // there.
        guard let header = unsafe payload(message, ifinfomsg.self), header.ifi_family == 0,
            header.ifi_index > 0
        else { return .irrelevant }
        let index = UInt32(header.ifi_index)
        if isRemoval { return .change(.linkRemoved(index: index)) }
        var name: String?
        var mac: MACAddress?
        unsafe forEachAttribute(message, after: MemoryLayout<ifinfomsg>.size) { type, value in
            switch type {
            case UInt32(IFLA_IFNAME):
                name = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
            case UInt32(IFLA_ADDRESS):
                mac = MACAddress(bytes: value)
            default: break
            }
        }
        guard let name else { return .irrelevant }
        let hasCarrierFlags = UInt32(HB_IFF_RUNNING | HB_IFF_LOWER_UP)
        return .change(
            .linkChanged(
                KernelLink(
                    index: index,
                    name: name,
                    isUp: header.ifi_flags & UInt32(HB_IFF_UP) != 0,
                    hasCarrier: header.ifi_flags & hasCarrierFlags == hasCarrierFlags,
                    mac: header.ifi_type == UInt16(HB_ARPHRD_ETHER) ? mac : nil
                )
            )
        )
    }

    private static func address(_ message: UnsafePointer<nlmsghdr>, isRemoval: Bool) -> Body {
        guard let header = unsafe payload(message, ifaddrmsg.self) else { return .irrelevant }
        var local: IPAddress?
        var address: IPAddress?
        var tag: UInt8 = 0
        var flags = UInt32(header.ifa_flags)
        unsafe forEachAttribute(message, after: MemoryLayout<ifaddrmsg>.size) { type, value in
            switch type {
            case UInt32(IFA_LOCAL): local = IPAddress(networkBytes: value)
            case UInt32(IFA_ADDRESS): address = IPAddress(networkBytes: value)
            case UInt32(HB_IFA_PROTO): tag = value.first ?? 0
            case UInt32(IFA_FLAGS) where value.count == 4:
                // Host byte order, as everything in netlink that is not an address.
                flags = value.reversed().reduce(0) { $0 << 8 | UInt32($1) }.littleEndian
            default: break
            }
        }
        // On a point-to-point interface IFA_ADDRESS is the other end.
        guard let own = local ?? address, header.ifa_family == UInt8(own.isV4 ? AF_INET : AF_INET6)
        else { return .irrelevant }
        let key = KernelAddress.Key(
            index: header.ifa_index,
            address: own,
            prefixLength: header.ifa_prefixlen
        )
        guard header.ifa_prefixlen <= own.hostPrefixLength else { return .irrelevant }
        return .change(
            isRemoval
                ? .addressRemoved(key)
                : .addressAdded(KernelAddress(key: key, tag: tag, flags: flags))
        )
    }

    private static func payload<Header>(
        _ message: UnsafePointer<nlmsghdr>,
        _: Header.Type
    ) -> Header? {
        guard unsafe mnl_nlmsg_get_payload_len(message) >= MemoryLayout<Header>.size else {
            return nil
        }
        return unsafe mnl_nlmsg_get_payload(message)?.loadUnaligned(as: Header.self)
    }

    private static func forEachAttribute(
        _ message: UnsafePointer<nlmsghdr>,
        after offset: Int,
        _ body: (_ type: UInt32, _ value: [UInt8]) -> Void
    ) {
        // Invariant: hb_mnl_attr_ok has checked that the attribute lies within the message.
        guard var attribute = unsafe hb_mnl_attr_first(message, offset) else { return }
        while unsafe hb_mnl_attr_ok(message, attribute) {
            let length = Int(unsafe mnl_attr_get_payload_len(attribute))
            let value = unsafe UnsafeRawBufferPointer(
                start: mnl_attr_get_payload(attribute),
                count: length
            )
            unsafe body(UInt32(mnl_attr_get_type(attribute)), [UInt8](value))
            guard let next = unsafe mnl_attr_next(attribute) else { return }
            unsafe attribute = UnsafePointer(next)
        }
    }
}
