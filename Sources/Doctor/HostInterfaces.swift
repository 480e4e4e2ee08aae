internal import Diagnosis
internal import LinuxIO

/// The interfaces of this host as facts.
enum HostInterfaces {
    static func all() -> [InterfaceFact] {
        ((try? HostInterface.all()) ?? []).map { interface in
            var fact = InterfaceFact(interface.name)
            fact.isUp = interface.isUp
            fact.hasCarrier = interface.hasCarrier
            fact.isEthernet = interface.isEthernet
            fact.mac = interface.mac
            fact.addresses = interface.addresses
            return fact
        }
    }
}
