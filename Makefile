# ha-balancer: build, test, show, install. `make help` lists the targets.
# One configuration (release) for everything: the code is compiled once, and what is tested is
# what is shipped. The program links the Swift runtime statically (see Package.swift): nodes need
# no Swift.

SHELL       := /bin/bash
SWIFT       ?= swift
INSTALL     ?= install
SCRATCH     ?= .build
SWIFTFLAGS  ?=
TESTFLAGS   ?=
DEMOFLAGS   ?=
GALERA      ?= 0
BENCHFLAGS  ?=
FAILOVERFLAGS ?=
SEEDS       ?= 200000
SEED        ?= 1
FUZZTIME    ?= 300

# Where things go. DESTDIR is put in front of every path.
PREFIX      ?= /usr/local
SBINDIR     ?= $(PREFIX)/sbin
MANDIR      ?= $(PREFIX)/share/man
DOCDIR      ?= $(PREFIX)/share/doc/ha-balancer
COMPDIR     ?= $(PREFIX)/share/bash-completion/completions
UNITDIR     ?= $(PREFIX)/lib/systemd/system
SYSCTLDIR   ?= $(PREFIX)/lib/sysctl.d
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
SYSCONFDIR  ?= /etc

BINARY      ?= $(SCRATCH)/release/ha-balancer
GLBD        ?= $(dir $(BINARY))glbd
SWIFT_BUILD  = $(SWIFT) build -c release --scratch-path $(SCRATCH) $(SWIFTFLAGS)
SWIFT_TEST   = $(SWIFT) test -c release --scratch-path $(SCRATCH) $(SWIFTFLAGS)
EXAMPLES     = ha-balancer.cfg.example interfaces.example hosts.example grants.sql
GUIDES       = DIFFERENCES.md MIGRATING.md

# Benchmarks/ is a package of its own: nobody needs it to build or to test.
BENCH_SCRATCH ?= Benchmarks/.build
HA_BENCH       = $(BENCH_SCRATCH)/release/ha-bench
BENCH_BUILD    = $(SWIFT) build -c release --package-path Benchmarks --scratch-path $(BENCH_SCRATCH)

# Network namespaces need root. Building does not, and is not done as root.
SUDO        := $(if $(filter 0,$(shell id -u)),,sudo)
AS_ROOT      = $(SUDO) env "PATH=$$PATH" CI="$${CI:-}" HA_BALANCER_BINARY="$(abspath $(BINARY))"

.DEFAULT_GOAL := build
.PHONY: build test fuzz soak demo bench bench-compare failover-bench install uninstall lint format clean help need-root

build: ## compile the programs (release, Swift runtime linked statically)
	scripts/setup-debian.sh build
	$(SWIFT_BUILD) --product ha-balancer
	$(SWIFT_BUILD) --product glbd

test: need-root ## install what is missing with apt, build, run every test
	scripts/setup-debian.sh build test
	$(SWIFT_BUILD) --build-tests --disable-xctest
	$(AS_ROOT) $(SWIFT_TEST) --skip-build --disable-xctest --no-parallel $(TESTFLAGS)
	$(if $(TESTFLAGS),,$(MAKE) fuzz FUZZTIME=15)

fuzz: ## the fuzz targets for longer: FUZZTIME=300 seconds each
	scripts/setup-debian.sh build
	SWIFT=$(SWIFT) scripts/fuzz.sh $(FUZZTIME) $(abspath $(SCRATCH))/fuzz

soak: ## the simulator for longer: SEEDS=200000 schedules from SEED=1 on
	$(SWIFT_BUILD) --build-tests --disable-xctest
	HA_BALANCER_SEEDS=$(SEEDS) HA_BALANCER_SEED=$(SEED) \
	    $(SWIFT_TEST) --skip-build --disable-xctest --filter SimulationTests

demo: need-root ## two nodes, a virtual IP, a kill; GALERA=1: with a real Galera cluster
	scripts/setup-debian.sh build demo $(if $(filter 1,$(GALERA)),galera)
	$(SWIFT_BUILD) --product ha-balancer
	$(AS_ROOT) $(BINARY) demo $(if $(filter 1,$(GALERA)),--galera) $(DEMOFLAGS)

bench: need-root ## measure against HAProxy; BENCHFLAGS="--quick", "--galera", "--help"
	scripts/setup-debian.sh build bench
	$(SWIFT_BUILD) --product ha-balancer
	$(BENCH_BUILD)
	$(AS_ROOT) $(HA_BENCH) --binary $(abspath $(BINARY)) $(BENCHFLAGS)

bench-compare: ## make bench-compare OLD.json NEW.json: what changed between two runs
	$(BENCH_BUILD) --product ha-bench
	$(HA_BENCH) compare $(filter-out bench-compare,$(MAKECMDGOALS))

failover-bench: need-root ## outages beside keepalived + HAProxy; FAILOVERFLAGS="--help"
	scripts/setup-debian.sh build failover
	$(SWIFT_BUILD) --product ha-balancer
	$(SWIFT_BUILD) --product failover-bench
	$(AS_ROOT) $(SCRATCH)/release/failover-bench $(FAILOVERFLAGS)

install: $(BINARY) $(GLBD) ## install programs, manual, unit, sysctl.d, sysusers.d, examples (DESTDIR, PREFIX)
	$(INSTALL) -d $(addprefix $(DESTDIR),$(SBINDIR) $(MANDIR)/man8 $(DOCDIR) $(COMPDIR) \
	    $(UNITDIR) $(SYSCTLDIR) $(SYSUSERSDIR) $(SYSCONFDIR)/ha-balancer)
	$(INSTALL) -s -m 755 $(BINARY) $(DESTDIR)$(SBINDIR)/ha-balancer
	$(INSTALL) -s -m 755 $(GLBD) $(DESTDIR)$(SBINDIR)/glbd
	for page in ha-balancer glbd; do \
	    sed 's|/usr/share/doc/ha-balancer|$(DOCDIR)|' deploy/man/$$page.8 \
	        > $(DESTDIR)$(MANDIR)/man8/$$page.8; done
	$(INSTALL) -m 644 deploy/sysctl.d/60-ha-balancer.conf $(DESTDIR)$(SYSCTLDIR)/
	$(INSTALL) -m 644 deploy/sysusers.d/ha-balancer.conf $(DESTDIR)$(SYSUSERSDIR)/
	$(INSTALL) -m 644 $(addprefix deploy/,$(EXAMPLES)) $(addprefix docs/,$(GUIDES)) \
	    $(DESTDIR)$(DOCDIR)/
	sed 's|/usr/sbin/ha-balancer|$(SBINDIR)/ha-balancer|; s|/etc/|$(SYSCONFDIR)/|' \
	    deploy/ha-balancer.service > $(DESTDIR)$(UNITDIR)/ha-balancer.service
	$(BINARY) --generate-completion-script bash > $(DESTDIR)$(COMPDIR)/ha-balancer

uninstall: ## remove what install put there; the configuration in /etc/ha-balancer stays
	rm -f $(addprefix $(DESTDIR),$(addprefix $(SBINDIR)/,ha-balancer glbd) \
	    $(addprefix $(MANDIR)/man8/,ha-balancer.8 glbd.8) \
	    $(SYSCTLDIR)/60-ha-balancer.conf $(SYSUSERSDIR)/ha-balancer.conf \
	    $(UNITDIR)/ha-balancer.service $(COMPDIR)/ha-balancer $(addprefix $(DOCDIR)/,$(EXAMPLES) $(GUIDES)))
	-rmdir $(DESTDIR)$(DOCDIR)

LINTED = Package.swift Sources Tests Fuzz Benchmarks/Package.swift Benchmarks/Sources

lint: ## check the style; a test does the same
	$(SWIFT) format lint --strict --parallel --recursive $(LINTED)

format: ## mend what the style checker can mend by itself
	$(SWIFT) format format --in-place --parallel --recursive $(LINTED)

clean: ## remove what was built
	rm -rf $(SCRATCH) $(BENCH_SCRATCH)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:[^#]*## /\t/' | \
	    while IFS=$$'\t' read -r name what; do printf '  make %-13s %s\n' "$$name" "$$what"; done

$(BINARY) $(GLBD):
	$(MAKE) build

need-root:
	@if [ "$$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then \
	    echo "this needs root (network namespaces): run it as root, or install sudo" >&2; exit 1; fi
