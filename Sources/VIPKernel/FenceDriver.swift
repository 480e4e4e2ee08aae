internal import CLibbpf
internal import CLinux
internal import Glibc
package import LinuxIO
package import Primitives
package import VIPManager

/// Keeps the fence at the interfaces of the virtual addresses. For one thread.
///
/// The filters stay in the kernel when the process dies, and the deadline runs out. A later life
/// puts its own in their place, so they never stack.
package final class FenceDriver {
    private final class Interface {
        let name: String
        let ingress: LoadedFence
        let egress: LoadedFence
        /// Where the filters are; another index means another interface of the same name.
        var attachedTo: UInt32 = 0

        init(
            _ name: String,
            _ addresses: [IPAddress],
            _ deadline: FenceDeadline
        ) throws(SystemError) {
            self.name = name
            ingress = try LoadedFence(.ingress, addresses: addresses, deadline: deadline)
            egress = try LoadedFence(.egress, addresses: addresses, deadline: deadline)
        }
    }

    package let deadline: FenceDeadline
    private let interfaces: [Interface]
    /// Prolongs the deadline inside the kernel; `nil` before Linux 5.14.
    private let renewer: Renewer?

    private final class Renewer {
        let descriptor: OwnedDescriptor

        init(_ raw: Int32) { descriptor = OwnedDescriptor(adopting: raw) }
    }

    /// Loads the programs, tries them, and leaves the fence closed; attaches nothing yet.
    /// - Throws: where the kernel refuses BPF, or the programs do not do what they should here.
    package init(addresses: [VirtualAddress], deadline: FenceDeadline) throws(SystemError) {
        deadline.close()
        self.deadline = deadline
        var interfaces: [Interface] = []
        for name in Set(addresses.map(\.interface)).sorted() {
            let own = addresses.filter { $0.interface == name }.map(\.address)
            try Self.prove(own)
            interfaces.append(try Interface(name, own, deadline))
        }
        self.interfaces = interfaces
        let raw = hb_fence_renewer(deadline.descriptor.raw)
        renewer = raw < 0 ? nil : Renewer(raw)
    }

    /// Lets the traffic pass until `end`, if it may pass now: a deadline that was reached is never
    /// moved, nor that of a latched fence. Look and store are one step of the kernel, since a
    /// process that is stopped between them would open again what the peer has found closed.
    /// - Returns: false where it was reached; nothing has changed then
    package func prolong(until end: Instant) -> Bool {
        if let renewer {
            let result = hb_fence_renew(
                renewer.descriptor.raw,
                UInt64(clamping: end.nanoseconds)
            )
            if result >= 0 { return result == 0 }
        }
        guard Instant.now < deadline.end, !deadline.isLatched else { return false }
        deadline.open(until: end)
        return true
    }

    /// Whether the kernel's clock is this process's clock (in a time namespace it is not), and the
    /// programs drop and pass. With a deadline of its own: the real one may still guard something.
    private static func prove(_ addresses: [IPAddress]) throws(SystemError) {
        let trial = try FenceDeadline()
        let mac = MACAddress(0x0242_0000_0001)
        for direction in FenceProgram.Direction.allCases {
            let program = try LoadedFence(direction, addresses: addresses, deadline: trial)
            for address in addresses {
                // Sender and target are the address: both directions have to care.
                let frame =
                    address.isV4
                    ? GratuitousARP.request(for: address, at: mac)
                    : NeighborAdvertisement.unsolicited(for: address, at: mac)
                trial.open(until: .now)
                let closed = try program.verdict(on: frame)
                trial.open(until: .now + .seconds(5))
                let open = try program.verdict(on: frame)
                guard closed == .drop, open == .pass else {
                    throw SystemError("bpf", "the fence's clock is another one", errno: ERANGE)
                }
            }
        }
    }

    /// Attaches the fence to every interface that exists, closed. One that appears later gets it
    /// before an address.
    package func attachToAll() throws(SystemError) {
        for interface in interfaces {
            do {
                try attach(to: interface.name)
            } catch {
                guard error.errno == ENODEV else { throw error }
            }
        }
    }

    /// Attaches the fence where it is not yet, in the place of one of an earlier life.
    /// - Parameter index: of the interface of this name now; 0 where it is not known.
    package func attach(to name: String, index: UInt32 = 0) throws(SystemError) {
        guard let interface = interfaces.first(where: { $0.name == name }) else { return }
        let place = index != 0 ? index : unsafe if_nametoindex(name)
        guard place != 0 else { throw SystemError("if_nametoindex", name, errno: ENODEV) }
        guard interface.attachedTo != place else { return }
        // The programs count from the Ethernet header.
        if unsafe hb_interface_is_ethernet(name) == 0 {
            throw SystemError("tc", "the fence at \(name), not Ethernet", errno: EOPNOTSUPP)
        }
        try Self.check(hb_fence_attach(Int32(place), 0, interface.ingress.descriptor.raw), name)
        try Self.check(hb_fence_attach(Int32(place), 1, interface.egress.descriptor.raw), name)
        interface.attachedTo = place
    }

    /// Looks whether the filters are still there, and puts back what somebody removed.
    /// - Returns: whether something had been missing.
    package func repair() throws(SystemError) -> Bool {
        var wasMissing = false
        for interface in interfaces where interface.attachedTo != 0 {
            let index = unsafe if_nametoindex(interface.name)
            // An interface that is gone or another one gets its fence with its address.
            guard index == interface.attachedTo, !Self.isThere(index) else { continue }
            wasMissing = true
            interface.attachedTo = 0
            do {
                try attach(to: interface.name, index: index)
            } catch {
                // To be found missing again.
                interface.attachedTo = index
                throw error
            }
        }
        return wasMissing
    }

    private static func isThere(_ index: UInt32) -> Bool {
        [Int32(0), 1].allSatisfy { hb_fence_query(Int32(index), $0) == 0 }
    }

    private static func check(_ result: Int32, _ name: String) throws(SystemError) {
        guard result < 0 else { return }
        throw SystemError("tc", "the fence at \(name)", errno: -result)
    }

    /// Takes the filters off these interfaces, for a node that leaves for good. To be called only
    /// when the virtual addresses are gone: without its filters a fence is open.
    package static func remove(from addresses: [VirtualAddress]) {
        hb_bpf_be_silent()
        for name in Set(addresses.map(\.interface)) {
            let index = unsafe if_nametoindex(name)
            guard index != 0 else { continue }
            // What is not there needs no removal.
            _ = hb_fence_detach(Int32(index), 0)
            _ = hb_fence_detach(Int32(index), 1)
        }
    }
}
