-- Database accounts for a pair of ha-balancer nodes: run once, on any node of the cluster (Galera
-- replicates it). MariaDB 10.4+ and MySQL 8.0; change the words in capitals first.
--   mariadb < grants.sql
--
-- The databases see connections from THREE addresses, and an account is missing if one is missing:
--   10.0.0.10, 10.0.0.11   the nodes: health checks, of the active node and of the standby
--   10.0.0.100             the virtual IP: clients' connections, relayed by whichever node is active
-- The trap: with the check user granted for 10.0.0.10 only, all goes well until the first failover.
-- Then every check of 10.0.0.11 fails, and no server is usable.

-- 1. The check user. It logs in without a password and may do nothing (USAGE is no privilege).
--    Not `INSERT INTO mysql.user`, as older instructions say: since MariaDB 10.4 that is a view.
--    The comments /*!80000 ... */ are carried out by MySQL 8 and not by MariaDB. MySQL 8's default
--    plugin, caching_sha2_password, answers HAProxy's check packet with error 1251, and every
--    server is DOWN: so the old plugin is named. MySQL 8.4 needs mysql_native_password=ON in
--    [mysqld] for it; MySQL 9 no longer has it: there, use a plain `check` without mysql-check.
CREATE USER IF NOT EXISTS 'haproxy'@'10.0.0.10' /*!80000 IDENTIFIED WITH mysql_native_password BY '' */;
CREATE USER IF NOT EXISTS 'haproxy'@'10.0.0.11' /*!80000 IDENTIFIED WITH mysql_native_password BY '' */;
GRANT USAGE ON *.* TO 'haproxy'@'10.0.0.10';
GRANT USAGE ON *.* TO 'haproxy'@'10.0.0.11';

-- 2. The application's user, here OpenStack's nova. The virtual IP is what the servers see of its
--    sessions; the two nodes' own addresses are for sessions that do not come in through it
--    (a client on the node itself, a listener on the node's address).
CREATE DATABASE IF NOT EXISTS nova;
CREATE USER IF NOT EXISTS 'nova'@'10.0.0.100' IDENTIFIED BY 'CHANGE-ME';
CREATE USER IF NOT EXISTS 'nova'@'10.0.0.10' IDENTIFIED BY 'CHANGE-ME';
CREATE USER IF NOT EXISTS 'nova'@'10.0.0.11' IDENTIFIED BY 'CHANGE-ME';
GRANT ALL PRIVILEGES ON nova.* TO 'nova'@'10.0.0.100';
GRANT ALL PRIVILEGES ON nova.* TO 'nova'@'10.0.0.10';
GRANT ALL PRIVILEGES ON nova.* TO 'nova'@'10.0.0.11';

-- 3. What came of it: three rows with nova, two with haproxy.
SELECT user, host FROM mysql.user WHERE user IN ('haproxy', 'nova') ORDER BY user, host;
