import BalancerCore
import Primitives
import Testing

@Suite struct BackendTests {
    @Test func `eight threads get exact shares and leave nothing behind`() async {
        var servers = Pools.servers(3)
        servers[0].weight = 2
        let backend = Backend(BackendDefinition(name: "b", servers: servers), now: .zero)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        guard let given = backend.assign(for: Pools.client, now: .zero) else {
                            continue
                        }
                        backend.finished(given.server, bytesToServer: 1, now: .zero)
                    }
                }
            }
        }
        let snapshot = backend.snapshot(now: .zero)
        #expect(snapshot.servers.map(\.counters.total) == [2000, 1000, 1000])
        #expect(snapshot.counters.current == 0 && snapshot.counters.bytesToServer == 4000)
        #expect(backend.name(of: ServerID(index: 2)) == "s3")
        #expect(backend.id(of: "s3") == ServerID(index: 2))
        #expect(backend.id(of: "s4") == nil)
    }

    @Test func `a definition that breaks a rule is a broken invariant`() async {
        await #expect(processExitsWith: .failure) {
            _ = BackendDefinition(name: "b", servers: Pools.servers(1) + Pools.servers(1))
        }
        await #expect(processExitsWith: .failure) {
            _ = ServerDefinition(name: "s", endpoint: Pools.endpoint(1), weight: 257)
        }
    }
}
