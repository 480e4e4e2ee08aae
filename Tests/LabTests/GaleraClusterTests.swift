import Lab
import LinuxIO
import Primitives
import Testing

@Suite(.serialized) struct GaleraClusterTests {
    @Test(.timeLimit(.minutes(3)))
    func `three real nodes come up, replicate, and survive one of them`() throws {
        let network = try LabNetwork()
        let began = Instant.now
        let cluster = try GaleraCluster(in: network)
        print("Galera cluster up after \((Instant.now - began).milliseconds) ms")

        // As a balancer does it: from 10.0.0.10, with the application's account.
        for node in cluster.nodes {
            let printed = try query(
                network[.node01],
                node,
                "show variables like 'wsrep_node_name'"
            )
            #expect(printed == "wsrep_node_name\t\(node.name)\n")
        }
        _ = try query(network[.node02], cluster.nodes[0], "create table lab.t (n int primary key)")
        _ = try query(network[.node02], cluster.nodes[0], "insert into lab.t values (42)")
        let select = "set session wsrep_sync_wait = 1; select n from lab.t"
        #expect(try query(network[.node02], cluster.nodes[2], select) == "42\n")

        // Grants are for the balancers only.
        let refused = try client(network[.client], cluster.nodes[0], "select 1")
        #expect(refused.standardError.contains("is not allowed to connect"))

        try cluster.nodes[2].shutDown()
        _ = try query(network[.node02], cluster.nodes[0], "insert into lab.t values (43)")
        try cluster.nodes[2].rejoin()
        #expect(try query(network[.node02], cluster.nodes[2], select) == "42\n43\n")

        // Long sessions end with their server.
        let holder = try SessionHolder(
            4,
            from: network[.node01],
            to: cluster.nodes[1].endpoint,
            user: GaleraCluster.probeUser
        )
        #expect(holder.waitUntilOpen(timeout: .seconds(10)))
        #expect(holder.sessions.allSatisfy { $0.node == "galera-node02" })
        cluster.nodes[1].kill()
        #expect(Patience.wait(.seconds(5)) { holder.lost == 4 })
        holder.stop()
        cluster.stop()
        try network.close()
    }

    private func query(
        _ host: LabHost,
        _ node: GaleraNode,
        _ statements: String
    ) throws -> String {
        let result = try client(host, node, statements)
        #expect(result.status.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }

    private func client(
        _ host: LabHost,
        _ node: GaleraNode,
        _ statements: String
    ) throws -> Command.Result {
        try host.run(
            "mariadb",
            [
                "--no-defaults", "-h", "\(node.endpoint.address)", "-u", GaleraCluster.user,
                "-p\(GaleraCluster.password)", "--batch", "-N", "-e", statements,
            ]
        )
    }
}
