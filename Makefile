# sfsync: 'make help' lists what there is.
#
# Variables: DESTDIR (in front of every path), PREFIX (where the programs go), SYSCONFDIR (where
# etc goes), CONFIGURATION (of 'make build': debug or release).

PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =
CONFIGURATION = release

# What the build links against, and the two things that fetch and find it.
BUILD_PACKAGES = libcurl4-openssl-dev libsystemd-dev libssl-dev libsqlite3-dev zlib1g-dev g++ \
  git pkg-config
DEMO_PACKAGES = $(BUILD_PACKAGES) python3
TEST_PACKAGES = $(DEMO_PACKAGES) python3-venv stunnel4 openssl sqlite3 curl

help:
	@echo 'make demo      shows what sfsync does, on a simulated Salesforce and Intercom'
	@echo 'make test      builds and runs every test'
	@echo 'make check     lint, test, fuzz and demo: everything CI runs'
	@echo 'make lint      the code style'
	@echo 'make fuzz      a short run of each fuzzer'
	@echo 'make bench     measures; docs/PERFORMANCE.md explains the figures'
	@echo 'make build     builds the programs for use (CONFIGURATION=debug or release)'
	@echo 'make install   installs them (DESTDIR=, PREFIX=/usr/local, SYSCONFDIR=/etc)'
	@echo 'make clean     removes what was built'
	@echo
	@echo 'Missing Debian packages are installed first (sudo is used when not root).'

# A debug build is the quicker one, and shared with 'make test'.
demo:
	@Tests/install $(DEMO_PACKAGES)
	@Tests/build
	@echo
	@python3 -B Tests/Demo/demo.py .build/debug

test:
	@Tests/install $(TEST_PACKAGES)
	@Tests/run

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

fuzz:
	Tests/Fuzz/run 5

check:
	@.ci/run

bench:
	@Tests/install $(BUILD_PACKAGES) python3 sqlite3 curl
	Benchmarks/run

build:
	@Tests/install $(BUILD_PACKAGES)
	@Tests/build --configuration $(CONFIGURATION) --product sfsyncd
	@Tests/build --configuration $(CONFIGURATION) --product sfsyncctl

# The programs have to be built already, so that 'sudo make install' compiles nothing as root.
install:
	@test -x .build/$(CONFIGURATION)/sfsyncd && test -x .build/$(CONFIGURATION)/sfsyncctl || \
	  { echo "Run 'make build' first." >&2; exit 66; }
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 .build/$(CONFIGURATION)/sfsyncd '$(DESTDIR)$(PREFIX)/bin/sfsyncd'
	install -m 755 .build/$(CONFIGURATION)/sfsyncctl '$(DESTDIR)$(PREFIX)/bin/sfsyncctl'
	install -d '$(DESTDIR)$(SYSCONFDIR)/sfsyncd'
	install -d -m 700 '$(DESTDIR)$(SYSCONFDIR)/sfsyncd/credentials'
	@if [ -e '$(DESTDIR)$(SYSCONFDIR)/sfsyncd/sfsyncd.toml' ]; then \
	  echo "Kept $(DESTDIR)$(SYSCONFDIR)/sfsyncd/sfsyncd.toml as it is."; \
	else \
	  echo "install -m 644 etc/sfsyncd.toml $(DESTDIR)$(SYSCONFDIR)/sfsyncd/sfsyncd.toml"; \
	  install -m 644 etc/sfsyncd.toml '$(DESTDIR)$(SYSCONFDIR)/sfsyncd/sfsyncd.toml'; \
	fi

clean:
	rm -rf .build

.PHONY: help demo test lint fuzz check bench build install clean
