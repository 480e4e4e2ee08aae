#!/usr/bin/env bash
# Installs what a task needs from Debian's packages, and only what is missing.
#   scripts/setup-debian.sh build|test|demo|galera|bench|failover ...
# Says what it installs. Needs root, or sudo. Does nothing (in milliseconds) when all is there.
set -euo pipefail

packages_for() {
    case $1 in
        # libbpf: the fence. libmnl: netlink. liburing: io_uring. libpcre2: patterns of checks.
        # pkg-config: how SwiftPM finds them.
        build) echo libbpf-dev libmnl-dev libpcre2-dev liburing-dev pkg-config git ;;
        # Two nodes, three backends and a client as network namespaces on one bridge.
        demo) echo iproute2 nftables procps ;;
        # A real three-node Galera cluster; rsync is its way of state transfer.
        galera) echo mariadb-server mariadb-client galera-4 rsync ;;
        # The balancer to compare with, and a load of real queries for the cluster.
        bench) echo haproxy sysbench iproute2 "$(packages_for galera)" ;;
        # What a failover is compared with.
        failover) echo keepalived haproxy "$(packages_for demo)" ;;
        # haproxy: what it answers and checks is compared; hatop, the exporter and ansible's module
        # are its tools.
        # etcd is the arbiter of a pair. spin and a C compiler check docs/model. mandoc and systemd
        # (systemd-analyze, systemd-sysusers) check what deploy/ holds;
        # binutils reads what the program links to and does, valgrind counts its instructions.
        # ncat, net-tools, psmisc: what the Galera Load Balancer's init script calls.
        test)
            echo haproxy hatop prometheus-haproxy-exporter ansible etcd-server etcd-client mandoc \
                systemd binutils valgrind make spin gcc libc6-dev ncat net-tools psmisc socat \
                "$(packages_for demo)" "$(packages_for galera)"
            ;;
        *)
            echo "usage: $0 build|test|demo|galera|bench|failover ..." >&2
            exit 2
            ;;
    esac
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

[ $# -gt 0 ] || set -- help
wanted=$(for purpose in "$@"; do packages_for "$purpose"; done)

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not Debian; please see to it that these are installed:" $wanted >&2
    exit 0
fi

missing=()
for package in $wanted; do
    is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: missing ${missing[*]}; as root run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

# Debian starts a server as soon as it is installed. Ours run in namespaces of their own, so those
# of this machine stay down: by Debian's own means, a policy that is there only meanwhile.
policy=/usr/sbin/policy-rc.d
quiet_services=()
for pair in mariadb-server:mariadb haproxy:haproxy keepalived:keepalived etcd-server:etcd \
    prometheus-haproxy-exporter:prometheus-haproxy-exporter; do
    [[ " ${missing[*]} " != *" ${pair%:*} "* ]] || quiet_services+=("${pair#*:}.service")
done
if [ ${#quiet_services[@]} -gt 0 ] && [ ! -e $policy ]; then
    trap '"${as_root[@]}" rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
    "${as_root[@]}" chmod 755 $policy
else
    quiet_services=()
fi

echo "setup: installing with apt-get: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

if [ ${#quiet_services[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
    "${as_root[@]}" systemctl disable --quiet "${quiet_services[@]}"
    echo "setup: installed for tests, and left stopped and disabled: ${quiet_services[*]}"
fi
