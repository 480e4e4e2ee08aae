import CNetworkTestSupport
import Glibc
import Guardian
import Lab
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// What a will does, on loopback and in networks of the lab.
@Suite(.serialized) struct WillExecutionTests {
    private static let address = VirtualAddress(HostPlan.virtualAddress, interface: "eth1")
    private static let frame: [UInt8] = [0x48, 0x41, 0x42, 0x50, 1, 2, 3]

    /// All datagrams that wait at the socket, and who sent the last.
    private static func datagrams(_ socket: borrowing Socket) throws -> [[UInt8]] {
        var list: [[UInt8]] = []
        while let bytes = try socket.receive(limit: 512) { list.append(bytes) }
        return list
    }

    private static func will(from: IPAddress, to: Endpoint) -> Will {
        var will = Will()
        will.addresses = [address]
        will.rails = [Will.Rail(from: from, to: to)]
        will.frame = frame
        return will
    }

    /// The bytes of a page that holds this will.
    private static func image(of will: Will, in directory: String) throws -> String {
        let page = try WillPage()
        page.write(will)
        let path = directory + "/image"
        let source = "/proc/self/fd/\(page.descriptor.raw)"
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        #expect(
            unsafe pread(page.descriptor.raw, &bytes, bytes.count, 0) == bytes.count,
            "\(source)"
        )
        let raw = try SystemCall.run("open", path) {
            unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        }
        let file = OwnedDescriptor(adopting: raw)
        #expect(unsafe write(file.raw, bytes, bytes.count) == bytes.count)
        return path
    }

    @Test func `an empty will does nothing and complains of nothing`() {
        #expect(Will().execute() == [])
    }

    @Test func `the release frame leaves three times, from the rail's own address and port`() throws
    {
        let own = IPAddress.v4(0x7F00_0021)
        let socket = try Socket(.datagram, for: own)
        try socket.bind(to: Endpoint(.v4(0x7F00_0022), 0))
        let bound = socket.localEndpoint
        let peer = try #require(bound)
        // Takes from the other end of the rail alone, as a heart does.
        try socket.connect(to: Endpoint(own, peer.port))
        #expect(Self.will(from: own, to: peer).execute() == [])
        #expect(try Self.datagrams(socket) == [Self.frame, Self.frame, Self.frame])
    }

    @Test func `without a frame nobody is told anything`() throws {
        let own = IPAddress.v4(0x7F00_0021)
        let socket = try Socket(.datagram, for: own)
        try socket.bind(to: Endpoint(.v4(0x7F00_0022), 0))
        let bound = socket.localEndpoint
        var will = Self.will(from: own, to: try #require(bound))
        will.frame = []
        #expect(will.execute() == [])
        #expect(try Self.datagrams(socket) == [])
    }

    @Test func `a rail that does not work is told, and the next one still carries the news`() throws
    {
        let own = IPAddress.v4(0x7F00_0021)
        let socket = try Socket(.datagram, for: own)
        try socket.bind(to: Endpoint(.v4(0x7F00_0022), 0))
        let bound = socket.localEndpoint
        var will = Self.will(from: own, to: try #require(bound))
        // An address of TEST-NET-1 is not this host's.
        will.rails.insert(.init(from: .v4(0xC000_0201), to: Endpoint(.v4(0xC000_0202), 694)), at: 0)
        let complaints = will.execute()
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains("could not tell 192.0.2.2:694") == true)
        #expect(try Self.datagrams(socket).count == 3)
    }

    @Test func `the address goes, and the peer is told`() throws {
        let network = try LabNetwork([.node01, .node02])
        let (own, other) = (network[.node01], network[.node02])
        try own.addAddress(HostPlan.virtualAddress)
        let will = Self.will(from: own.address, to: Endpoint(other.address, 694))
        let frames = try other.inside {
            let socket = try Socket(.datagram, for: other.address)
            try socket.bind(to: Endpoint(other.address, 694))
            let complaints = try own.inside { will.execute() }
            #expect(complaints == [])
            return try Self.datagrams(socket)
        }
        #expect(frames == [Self.frame, Self.frame, Self.frame])
        #expect(try own.addresses().contains(HostPlan.virtualAddress) == false)
        #expect(try own.addresses().contains(own.address))
    }

    @Test func `a segment is told by a bare frame to all, and a missing one is told of`() throws {
        let network = try LabNetwork([.node01, .node02])
        let (own, other) = (network[.node01], network[.node02])
        let tap = try FrameTap(on: other, .beats)
        var will = Will()
        will.ethernetRails = ["eth7", "eth1"]
        will.frame = Self.frame
        let lastWill = will
        let complaints = try own.inside { lastWill.execute() }
        #expect(
            complaints
                == [
                    "could not tell the segment of eth7: if_nametoindex eth7: No such device"
                ]
        )
        #expect(Patience.wait(.seconds(1)) { tap.frames.count == 3 })
        let header = MACAddress.broadcast.bytes + own.plan.hardwareAddress.bytes + [0x88, 0xB5]
        for frame in tap.stop() { #expect(frame.bytes.starts(with: header + Self.frame)) }
    }

    @Test func `a daemon that is killed is survived by its will`() throws {
        let network = try LabNetwork([.node01, .node02])
        let (own, other) = (network[.node01], network[.node02])
        try own.addAddress(HostPlan.virtualAddress)
        let files = try TemporaryDirectory("will")
        let will = Self.will(from: own.address, to: Endpoint(other.address, 694))
        let image = try Self.image(of: will, in: files.path)
        let listener = try other.inside {
            let socket = try Socket(.datagram, for: other.address)
            try socket.bind(to: Endpoint(other.address, 694))
            return socket.release().release()
        }
        let socket = Socket(adopting: OwnedDescriptor(adopting: listener))
        let guarded = try GuardedScript(
            """
            echo $$ >> $1/pid
            [ ! -e $1/first ] || { touch $1/second; exec sleep 60; }
            touch $1/first
            cat \(image) 1<>/dev/fd/4
            printf R >&3
            kill -9 $$
            """,
            on: own
        )
        // The next life begins only after the will was carried out.
        try guarded.wait(for: "second")
        #expect(try own.addresses().contains(HostPlan.virtualAddress) == false)
        #expect(try Self.datagrams(socket) == [Self.frame, Self.frame, Self.frame])
        #expect(guarded.log.count == 1, "\(guarded.log)")
    }
}

/// With a fence: it is closed first, and the peer need not wait for the address.
extension WillExecutionTests {
    @Test func `a fence is closed before anything else, whoever may be told`() throws {
        let fence = try FenceDeadline()
        fence.open(until: .now + .seconds(60))
        #expect(Will().execute(closing: fence) == [])
        #expect(fence.end == .zero)
    }

    @Test(arguments: [false, true])
    func `behind a closed fence the peer is told although an address stays`(
        isFenced: Bool
    ) throws {
        let network = try LabNetwork([.node01, .node02])
        let (own, other) = (network[.node01], network[.node02])
        var will = Will()
        // An address that cannot be removed: a right is missing, in a thread of its own.
        will.addresses = [VirtualAddress(HostPlan.virtualAddress, interface: "eth1")]
        will.rails = [Will.Rail(from: own.address, to: Endpoint(other.address, 6940))]
        will.frame = [1, 2, 3]
        will.isFenced = isFenced
        try own.addAddress(HostPlan.virtualAddress)
        let told = try other.inside { [will] in
            let socket = try Socket(.datagram, for: other.address)
            try socket.bind(to: Endpoint(other.address, 6940))
            let complaints = try own.inside {
                let fence = try FenceDeadline()
                fence.open(until: .now + .seconds(60))
                // CAP_NET_ADMIN
                #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_ADMIN), false) == 0)
                let complaints = will.execute(closing: fence)
                #expect(fence.end == .zero)
                return complaints
            }
            #expect(complaints.count == 1, "\(complaints)")
            var count = 0
            while try socket.receive(limit: 512) != nil { count += 1 }
            return count
        }
        #expect(told == (isFenced ? 3 : 0))
    }

    @Test func `whether there is a fence is part of a will`() {
        var will = WillTests.example
        will.isFenced = true
        #expect(will.text.contains("\nfenced\nframe "))
        #expect(Will(text: will.text) == will)
    }
}
