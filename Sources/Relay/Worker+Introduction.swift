internal import BalancerCore
internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives

/// What the connection of an `accept-proxy` listener has said of its client.
struct Introduction {
    /// Number of the listener in its frontend, from 0.
    var listener: Int
    /// `nil`: it speaks for itself.
    var ends: ProxyHeader.Ends?
    /// From the acceptance until all of the header had come.
    var duration = Duration.zero
    var fault: ProxyHeaderFault?
}

// PROXY headers: those that come in, and those that are sent to servers.
extension Worker {
    /// The connection has to say who its client is before it gets a server.
    func awaitHeader(_ session: SessionPointer, listener: Int) {
        unsafe session.pointee.phase = .introducing
        introductions[unsafe state.pointee.slab.index(of: session)] = Introduction(
            listener: listener
        )
        unsafe armTimer(state, session)
    }

    /// Something has come from a connection that is to introduce itself. Until the header is whole
    /// it stays in the kernel: what follows it is the session's, and no byte is read twice.
    func readHeader(_ session: SessionPointer) {
        let client = unsafe session.pointee.client
        do throws(ProxyHeaderFault) {
            let bytes = try Self.peek(client.descriptor)
            guard !bytes.isEmpty else { return }
            if let header = try ProxyHeader.read(bytes) {
                return try unsafe take(header, session)
            }
            if client.flags.contains(.closing) { throw .truncated }
        } catch {
            unsafe reject(session, error)
        }
    }

    /// The time for the header is over.
    func headerIsLate(_ session: SessionPointer) {
        let hasBegun =
            (try? Self.peek(unsafe session.pointee.client.descriptor).isEmpty) == false
        unsafe reject(session, hasBegun ? .truncated : .timeout)
    }

    func reject(_ session: SessionPointer, _ fault: ProxyHeaderFault) {
        introductions[unsafe state.pointee.slab.index(of: session)]?.fault = fault
        let frontend = unsafe state.pointee.frontendTraffic + Int(session.pointee.frontend)
        unsafe hb_counter_add(&frontend.pointee.failedHeaders, 1)
        unsafe finish(session, TerminationCode(.clientAbort, .request), resets: false)
    }

    private func take(
        _ header: ProxyHeader,
        _ session: SessionPointer
    ) throws(ProxyHeaderFault) {
        guard let frontend = unsafe frontends[Int(session.pointee.frontend)],
            unsafe Self.discard(header.length, of: session.pointee.client.descriptor)
        else { throw .aborted }
        let index = unsafe state.pointee.slab.index(of: session)
        introductions[index]?.ends = header.ends
        introductions[index]?.duration = .nanoseconds(
            unsafe state.pointee.now - session.pointee.acceptedAt
        )
        if let ends = header.ends {
            unsafe session.pointee.clientAddress = PlainEndpoint(ends.client)
        }
        unsafe session.pointee.client.lastActivity = unsafe state.pointee.milliseconds
        let isDenied = unsafe join(session, frontend)
        unsafe admit(session, isDenied: isDenied)
    }

    /// - Returns: what has come so far, at most as much as a header may have
    private static func peek(_ descriptor: Int32) throws(ProxyHeaderFault) -> [UInt8] {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: ProxyHeader.longest) {
            buffer,
            used in
            // The buffer has room for as many bytes as are asked for.
            let flags = Int32(MSG_PEEK | MSG_DONTWAIT)
            count = unsafe recv(descriptor, buffer.baseAddress, ProxyHeader.longest, flags)
            used = max(count, 0)
        }
        if count == 0 { throw .closed }
        guard count > 0 || errno == EAGAIN else { throw .aborted }
        return bytes
    }

    private static func discard(_ count: Int, of descriptor: Int32) -> Bool {
        // With MSG_TRUNC the bytes of a stream are dropped: tcp(7).
        let flags = Int32(MSG_TRUNC | MSG_DONTWAIT)
        return recv(descriptor, nil, count, flags) == count
    }

    /// `nil`: its listener is not `accept-proxy`.
    func introduction(of session: SessionPointer) -> Introduction? {
        introductions[unsafe state.pointee.slab.index(of: session)]
    }

    /// What the client connected to, as the header has it where there was one.
    func localEndpoint(of session: SessionPointer) -> Endpoint? {
        unsafe introduction(of: session)?.ends?.local
            ?? Socket.localEndpoint(of: session.pointee.client.descriptor)
    }

    /// The other end of the client's connection, which is not the client where a header told of
    /// one.
    func clientPeer(of session: SessionPointer) -> Endpoint? {
        unsafe introduction(of: session)?.ends == nil
            ? session.pointee.clientAddress.endpoint
            : Socket.peerEndpoint(of: session.pointee.client.descriptor)
    }

    /// Sends the PROXY header, 107 bytes at most: the buffer of a connection that has just been
    /// established takes them at once.
    /// - Returns: `false`: the connection is of no use
    func introduceClient(_ session: SessionPointer) -> Bool {
        let isFirst = unsafe session.pointee.flags.contains(.sendsProxyVersion1)
        let version: ProxyProtocol = isFirst ? .version1 : .version2
        let client = unsafe session.pointee.clientAddress.endpoint
        let local = unsafe localEndpoint(of: session)
        let header = version.header(client: client, local: local ?? Endpoint(.anyV4, 0))
        return unsafe header.withUnsafeBufferPointer { bytes in
            // The bytes live during the call; the descriptor is the session's own.
            let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            let sent = unsafe Glibc.send(
                session.pointee.server.descriptor,
                bytes.baseAddress,
                bytes.count,
                flags
            )
            return sent == bytes.count
        }
    }
}
