# The daily commands; the build itself is CMake's. Missing Debian packages are installed (scripts/install-deps).
#
#   make scan [TARGET=path] [ARGS=…]   build, and scan a path (a demo repository without one)
#   make test                          build, and run all tests
#   make build                         build/release/keywake
#   make install PREFIX=/usr/local     the binary, its reader of PDF, completions, the manual page
#   make dev                           all tests with AddressSanitizer and UndefinedBehaviorSanitizer
#   make tsan                          all tests with ThreadSanitizer
#   make fuzz SECONDS=60               every fuzzer for so long
#   make bench                         the micro benchmarks
#   make check-format, make clean

PREFIX  ?= /usr/local
SECONDS ?= 60
JOBS    ?= $(shell nproc)

binary := build/release/keywake
demo   := build/demo/leaky

# Compiled objects are found again by a clone in another folder.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.DEFAULT_GOAL := build
.PHONY: scan test build install dev tsan fuzz bench check-format clean

# Exit status 1 is a scan that found something: for make that is a success. 2 fails.
scan: build $(if $(TARGET),,$(demo).planted)
	@$(binary) scan $(ARGS) "$${TARGET:-$(demo)}" || [ $$? -eq 1 ]

# A first build leaves the tests out, so that it is done sooner; a tree that has them keeps them.
build:
	@scripts/install-deps build
	@[ -f build/release/build.ninja ] || cmake --preset release -DKEYWAKE_TESTS=OFF
	@cmake --build build/release --target keywake -j $(JOBS)

$(demo).planted: scripts/make-demo
	@scripts/make-demo $(demo)

test:
	@scripts/install-deps build test server
	@cmake --preset release -DKEYWAKE_TESTS=ON
	@cmake --build build/release -j $(JOBS)
	@ctest --test-dir build/release --output-on-failure -j $(JOBS)

dev tsan:
	@scripts/install-deps build test server
	@cmake --preset $@
	@cmake --build build/$@ -j $(JOBS)
	@ctest --test-dir build/$@ --output-on-failure -j $(JOBS)

fuzz:
	@scripts/install-deps build test fuzz
	@cmake --preset fuzz
	@cmake --build build/fuzz --target fuzzers -j $(JOBS)
	@scripts/run-fuzzers build/fuzz $(SECONDS) $(JOBS)

bench:
	@scripts/install-deps build bench
	@cmake --preset release -B build/bench -DKEYWAKE_TESTS=OFF -DKEYWAKE_BENCH=ON
	@cmake --build build/bench -j $(JOBS)
	@for program in build/bench/bench/*_bench; do $$program || exit 1; done

install: build
	install -D -m 755 $(binary) $(DESTDIR)$(PREFIX)/bin/keywake
	install -D -m 755 $(dir $(binary))keywake-pdf.so $(DESTDIR)$(PREFIX)/lib/keywake/keywake-pdf.so
	$(binary) man > build/keywake.1
	$(binary) completions bash > build/keywake.bash
	$(binary) completions zsh > build/keywake.zsh
	$(binary) completions fish > build/keywake.fish
	install -D -m 644 build/keywake.1 $(DESTDIR)$(PREFIX)/share/man/man1/keywake.1
	install -D -m 644 build/keywake.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/keywake
	install -D -m 644 build/keywake.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_keywake
	install -D -m 644 build/keywake.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/keywake.fish

check-format:
	@scripts/install-deps format
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 --dry-run --Werror

clean:
	rm -rf build
