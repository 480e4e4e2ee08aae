internal import CLinux
internal import VIPManager

extension PacketFilter {
    /// As the kernel takes it; at most 4096 of them (BPF_MAXINSNS).
    var program: [sock_filter] {
        steps.map {
            sock_filter(code: $0.code, jt: $0.jumpIfTrue, jf: $0.jumpIfFalse, k: $0.constant)
        }
    }
}
