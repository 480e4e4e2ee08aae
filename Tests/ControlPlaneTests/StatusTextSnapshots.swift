import ControlPlane
import Testing

/// What an operator reads, to the letter.
struct StatusTextSnapshots {
    @Test(
        arguments: [
            (
                .peerSilent,
                """
                galera-vip: 10.0.0.100 is on haproxy-node01 (this node) since 3m12s, epoch 17 —
                  took over because haproxy-node02 was silent for 250 ms

                NODE            ROLE    READY  SESS  PRIO  HEARD       CONFIG  BOOT
                haproxy-node01  active  yes      42   150  this node   -       a1b2c3d4
                haproxy-node02  silent  ?         ?   100  12.3 s ago  ?       ?
                    not heard for 12.3 s; then it was standby with 0 sessions

                RAIL                   LOSS  RTT MIN/AVG/MAX  HEARD       PEER HEARS
                10.0.0.10 > 10.0.0.11     ?                ?  12.3 s ago  ?
                    refused: 2 replayed, 3 wrong key

                """
            ),
            (
                .peerNeverHeard,
                """
                galera-vip: 10.0.0.100 is on haproxy-node01 (this node) since 3m12s, epoch 17 —
                  took over because haproxy-node02 was silent for 250 ms

                NODE            ROLE    READY  SESS  PRIO  HEARD      CONFIG  BOOT
                haproxy-node01  active  yes      42   150  this node  -       a1b2c3d4
                haproxy-node02  silent  ?         ?   100  never      ?       ?
                    not heard since this node started

                RAIL                   LOSS  RTT MIN/AVG/MAX  HEARD  PEER HEARS
                10.0.0.10 > 10.0.0.11     ?                ?  never  ?

                """
            ),
            (
                .holderSilent,
                """
                galera-vip: 10.0.0.100 was on haproxy-node02, epoch 17, not heard for 12.3 s:
                  where it is now is not known

                NODE            ROLE     READY  SESS  PRIO  HEARD       CONFIG  BOOT
                haproxy-node01  standby  yes      42   150  this node   -       a1b2c3d4
                haproxy-node02  silent   ?         ?   100  12.3 s ago  ?       ?
                    not heard for 12.3 s; then it was active with 7 sessions

                RAIL                   LOSS  RTT MIN/AVG/MAX  HEARD       PEER HEARS
                10.0.0.10 > 10.0.0.11     ?                ?  12.3 s ago  ?
                    refused: 2 replayed, 3 wrong key

                """
            ),
            (
                .noHolder,
                """
                galera-vip: 10.0.0.100 is on NO node that haproxy-node01 knows of, epoch 17 —
                  both nodes are in maintenance

                NODE            ROLE         READY  SESS  PRIO  HEARD      CONFIG  BOOT
                haproxy-node01  maintenance  NO        0   150  this node  -       a1b2c3d4
                    not ready: maintenance
                haproxy-node02  maintenance  NO        0   100  23 ms ago  same    9f8e7d6c
                    not ready: maintenance

                RAIL                    LOSS  RTT MIN/AVG/MAX  HEARD      PEER HEARS
                10.0.0.10 > 10.0.0.11  0.0 %   0.1/0.3/1.1 ms  23 ms ago  yes

                """
            ),
            (
                .maintenance,
                """
                galera-vip: 10.0.0.100 is on haproxy-node02 since 3m12s, epoch 17 —
                  haproxy-node01 went into maintenance

                NODE            ROLE         READY  SESS  PRIO  HEARD      CONFIG   BOOT
                haproxy-node01  maintenance  NO       42   150  this node  -        a1b2c3d4
                    not ready: maintenance
                haproxy-node02  active       yes       0   100  23 ms ago  DIFFERS  9f8e7d6c

                RAIL                    LOSS  RTT MIN/AVG/MAX  HEARD      PEER HEARS
                10.0.0.10 > 10.0.0.11  0.0 %   0.1/0.3/1.1 ms  23 ms ago  yes

                """
            ),
            (
                .fault,
                """
                galera-vip: 10.0.0.100 is on haproxy-node01 (this node) since 3m12s, epoch 17 —
                  took over because haproxy-node02 was silent for 250 ms

                NODE            ROLE     READY  SESS  PRIO  HEARD      CONFIG  BOOT
                haproxy-node01  fault    NO       42   150  this node  -       a1b2c3d4
                    not ready: eth1 has no link; no server of galera_cluster is usable since
                    14.2 s; the relay worker 1 has not moved for 3.0 s
                haproxy-node02  standby  yes       0   100  23 ms ago  same    9f8e7d6c

                RAIL                    LOSS  RTT MIN/AVG/MAX  HEARD      PEER HEARS
                10.0.0.10 > 10.0.0.11  0.0 %   0.1/0.3/1.1 ms  23 ms ago  yes

                """
            ),
        ] as [(StatusTextTests.Scene, String)]
    )
    func `the verdict, the nodes and the rails`(scene: StatusTextTests.Scene, text: String) {
        #expect(StatusText(scene.report).text.hasPrefix(text))
    }

    @Test
    func `a good day`() {
        let text = """
            galera-vip: 10.0.0.100 is on haproxy-node01 (this node) since 3m12s, epoch 17 —
              took over because haproxy-node02 was silent for 250 ms

            NODE            ROLE     READY  SESS  PRIO  HEARD      CONFIG  BOOT
            haproxy-node01  active   yes      42   150  this node  -       a1b2c3d4
            haproxy-node02  standby  yes       0   100  23 ms ago  same    9f8e7d6c

            RAIL                    LOSS  RTT MIN/AVG/MAX  HEARD      PEER HEARS
            10.0.0.10 > 10.0.0.11  0.0 %   0.1/0.3/1.1 ms  23 ms ago  yes

            FRONTEND        ADDRESS          STATUS  SESS
            galera_cluster  10.0.0.100:3306  OPEN      42

            SERVER         ADDRESS        STATUS  WGHT  SESS  SINCE  CHECK
            galera-node01  10.0.0.1:3306  UP         1    21  3m12s  L7OK 2 ms 10.11.6-Mari…
            galera-node02  10.0.0.2:3306  UP         1    21  3m12s  L7OK 1 ms 10.11.6-Mari…
            galera-node03  10.0.0.3:3306  DOWN       1     0  3m12s
                L4CON Connection refused

            /etc/ha-balancer/ha-balancer.cfg (digest 3f2a91c0) loaded 2d03h ago; ha-balancer
              0.1.0 on haproxy-node01, 2026-11-24T03:14:15+00:00

            """
        #expect(StatusText(StatusTextTests.Scene.good.report).text == text)
    }

    @Test
    func `alarms, and a check whose result needs a second line`() {
        let text = """
            galera-vip: 10.0.0.100 is on haproxy-node01 (this node) since 3m12s, epoch 17 —
              took over because haproxy-node02 was silent for 250 ms
            ALARM: the configurations of haproxy-node01 and haproxy-node02 differ: after a
                   failover clients would meet other settings
            ALARM: rail 10.0.0.10 > 10.0.0.11 loses 12.5 % of its beats

            NODE            ROLE     READY  SESS  PRIO  HEARD      CONFIG  BOOT
            haproxy-node01  active   yes      42   150  this node  -       a1b2c3d4
            haproxy-node02  standby  yes       0   100  23 ms ago  same    9f8e7d6c

            RAIL                     LOSS  RTT MIN/AVG/MAX  HEARD      PEER HEARS
            10.0.0.10 > 10.0.0.11  12.5 %   0.1/0.3/1.1 ms  23 ms ago  yes

            FRONTEND        ADDRESS          STATUS  SESS
            galera_cluster  10.0.0.100:3306  OPEN      42

            SERVER         ADDRESS        STATUS  WGHT  SESS  SINCE  CHECK
            galera-node01  10.0.0.1:3306  UP         1    21  3m12s  L7OK 2 ms 10.11.6-Mari…
            galera-node02  10.0.0.2:3306  UP         1    21  3m12s  L7OK 1 ms 10.11.6-Mari…
            galera-node03  10.0.0.3:3306  DOWN       1     0  3m12s
                L7STS 1045 #28000Access denied for user 'haproxy'@'10.0.0.11' (using
                password: NO)

            /etc/ha-balancer/ha-balancer.cfg (digest 3f2a91c0) loaded 2d03h ago; ha-balancer
              0.1.0 on haproxy-node01, 2026-11-24T03:14:15+00:00

            """
        #expect(StatusText(StatusTextTests.Scene.alarms.report).text == text)
    }

    @Test
    func `a plain balancer says that it has no pair`() {
        let text = """
            haproxy-node01: plain balancer, no pair configured

            FRONTEND        ADDRESS          STATUS  SESS
            galera_cluster  10.0.0.100:3306  OPEN      42

            SERVER         ADDRESS        STATUS  WGHT  SESS  SINCE  CHECK
            galera-node01  10.0.0.1:3306  UP         1    21  3m12s  L7OK 2 ms 10.11.6-Mari…
            galera-node02  10.0.0.2:3306  UP         1    21  3m12s  L7OK 1 ms 10.11.6-Mari…
            galera-node03  10.0.0.3:3306  DOWN       1     0  3m12s
                L4CON Connection refused

            /etc/ha-balancer/ha-balancer.cfg (digest 3f2a91c0) loaded 2d03h ago; ha-balancer
              0.1.0 on haproxy-node01, 2026-11-24T03:14:15+00:00

            """
        #expect(StatusText(StatusTextTests.Scene.plain.report).text == text)
    }

    @Test
    func `names and addresses beyond the width`() {
        let text = """
            galera-vip: 10.0.0.100, 2001:db8:1234:5678:9abc:def0:1234:5678 are on
              a-very-long-node-name.data-centre-1.example.com (this node) since 3m12s, epoch
              17 — took over because haproxy-node02 was silent for 250 ms

            NODE                     ROLE     READY  SESS  PRIO  HEARD      CONFIG  BOOT
            a-very-long…example.com  active   yes      42   150  this node  -       a1b2c3d4
            haproxy-node02           standby  yes       0   100  23 ms ago  same    9f8e7d6c

            RAIL                                LOSS  RTT MIN/AVG/MAX  HEARD      PEER HEARS
            2001:db8:1234:56…c:def0:1234:2222  0.0 %   0.1/0.3/1.1 ms  23 ms ago  yes

            FRONTEND        ADDRESS                                        STATUS  SESS
            galera_cluster  [2001:db8:1234:5678:9abc:def0:1234:5678]:3306  OPEN      42

            SERVER         ADDRESS                       STATUS     WGHT  SESS  SINCE  CHECK
            backend galera_cluster:
            galera-node01  [2001:db8:1234…34:0001]:3306  UP            1    21  3m12s  L7OK…
            backend another_backend_with_quite_a_long_name:
            galera-node02  10.0.0.2:3306                 UP backup     1    21  3m12s  L7OK…
            backend galera_cluster:
            galera-node03  10.0.0.3:3306                 DOWN          1     0  3m12s
                L4CON Connection refused

            """
        #expect(StatusText(StatusTextTests.Scene.longNames.report).text.hasPrefix(text))
    }
}
