import Glibc
import LinuxIO
import Primitives
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        Endpoint(.v4(0x0A00_0064), 3306),
        Endpoint(.anyV4, 0),
        Endpoint(.v6(0xFD00 << 112 | 1), 65535),
        Endpoint(.anyV6, 694),
    ])
    func `an endpoint survives the way through the kernel's form`(endpoint: Endpoint) {
        #expect(SocketAddress(endpoint).endpoint == endpoint)
        let copy = unsafe SocketAddress(endpoint).withPointer { address, _ in
            unsafe SocketAddress(copying: address)?.endpoint
        }
        #expect(copy == endpoint)
    }

    @Test func `an address of another family is none to copy`() {
        var form = sockaddr_storage()
        form.ss_family = sa_family_t(AF_UNIX)
        let copy = unsafe withUnsafeBytes(of: form) { bytes in
            unsafe bytes.baseAddress.flatMap {
                unsafe SocketAddress(copying: $0.assumingMemoryBound(to: sockaddr.self))
            }
        }
        #expect(copy == nil)
    }

    @Test func `an IPv4 endpoint has the bytes that bind wants`() {
        let bytes = unsafe SocketAddress(Endpoint(.v4(0x0A00_0064), 3306)).withPointer {
            address,
            length in
            unsafe Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
        #expect(
            bytes == [
                0x02, 0x00,  // AF_INET, in host order
                0x0C, 0xEA,  // port 3306
                0x0A, 0x00, 0x00, 0x64,  // 10.0.0.100
                0, 0, 0, 0, 0, 0, 0, 0,  // padding
            ]
        )
    }

    @Test func `an IPv6 endpoint has the bytes that bind wants`() {
        let bytes = unsafe SocketAddress(Endpoint(.v6(0xFD00 << 112 | 0x64), 3306)).withPointer {
            address,
            length in
            unsafe Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
        #expect(
            bytes == [
                0x0A, 0x00,  // AF_INET6, in host order
                0x0C, 0xEA,  // port 3306
                0, 0, 0, 0,  // flow label
                0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64,  // fd00::64
                0, 0, 0, 0,  // scope
            ]
        )
    }

    @Test func `an address that no call has filled in is no endpoint`() {
        #expect(SocketAddress().endpoint == nil)
    }
}
