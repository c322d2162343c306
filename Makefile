# sfsync: 'make help' lists what there is.
#
# Variables: DESTDIR (in front of every path), PREFIX (where the programs go), SYSCONFDIR (where
# etc goes), ZSHDIR (where zsh looks for completions), CONFIGURATION (of 'make build': debug or
# release), BIN (programs that are built already, instead of those of 'make build').

PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =
ZSHDIR = $(PREFIX)/share/zsh/site-functions
CONFIGURATION = release
BIN =
# Apart from the tests' programs: what is compiled for one way of linking does not link the other.
STATIC = .build/static
PROGRAMS = $(or $(BIN),$(STATIC)/$(CONFIGURATION))

# What the build links against, and the two things that fetch and find it.
BUILD_PACKAGES = libcurl4-openssl-dev libsystemd-dev libssl-dev libsqlite3-dev zlib1g-dev g++ \
  git pkg-config
DEMO_PACKAGES = $(BUILD_PACKAGES) python3
DEB_PACKAGES = dpkg-dev debhelper chrpath
PACKAGE_TEST_PACKAGES = python3 lintian mandoc man-db shellcheck binutils bsdextrautils systemd zsh fish
SYSTEMD_PACKAGES = $(DEMO_PACKAGES) debootstrap systemd-container util-linux
TEST_PACKAGES = $(DEMO_PACKAGES) python3-venv stunnel4 openssl sqlite3 curl python3-aiosmtpd

help:
	@echo 'make demo      shows what sfsync does, on a simulated Salesforce and Intercom'
	@echo 'make test      builds and runs every test'
	@echo 'make check     lint, test, fuzz and demo: everything CI runs'
	@echo 'make lint      the code style'
	@echo 'make fuzz      a short run of each fuzzer'
	@echo 'make bench     measures; docs/PERFORMANCE.md explains the figures'
	@echo 'make build     builds the programs for use (CONFIGURATION=debug or release)'
	@echo 'make install   installs them (DESTDIR=, PREFIX=/usr/local, SYSCONFDIR=/etc)'
	@echo 'make deb       builds the Debian package in .build/deb'
	@echo 'make test-package  builds the package and looks into it'
	@echo 'make test-systemd  installs and runs it on small Debian machines (as root)'
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

test-package: deb
	@Tests/install $(PACKAGE_TEST_PACKAGES)
	@Tests/Package/run

# Needs root; builds the package and the simulators first.
test-systemd:
	@Tests/install $(SYSTEMD_PACKAGES)
	@Tests/Systemd/run

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

fuzz:
	Tests/Fuzz/run 5

check:
	@.ci/run

bench:
	@Tests/install $(BUILD_PACKAGES) python3 sqlite3 curl
	Benchmarks/run

# Swift's runtime goes into the programs: where they run, only the system's libraries are needed.
build:
	@Tests/install $(BUILD_PACKAGES)
	@for program in sfsyncd sfsyncctl; do \
	  Tests/build --scratch-path $(STATIC) --configuration $(CONFIGURATION) \
	    --static-swift-stdlib -Xlinker -z -Xlinker now --product $$program || exit; \
	done

# The programs have to be built already, so that 'sudo make install' compiles nothing as root.
install:
	@test -x '$(PROGRAMS)/sfsyncd' && test -x '$(PROGRAMS)/sfsyncctl' || \
	  { echo "Run 'make build' first." >&2; exit 66; }
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' ZSHDIR='$(ZSHDIR)' \
	  etc/install '$(PROGRAMS)'

deb: $(if $(BIN),,build)
	@Tests/install $(DEB_PACKAGES)
	@etc/debian/build '$(PROGRAMS)'

clean:
	rm -rf .build

.PHONY: help demo test test-package test-systemd lint fuzz check bench build install deb clean
