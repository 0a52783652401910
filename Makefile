# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the stick, its tools and their tests. `make help` lists the targets.
# Settings of your own go in config.mk, which git ignores.
-include config.mk
include build/version

O     ?= out
CACHE := $(or $(BLACKSTART_CACHE),$(HOME)/.cache/blackstart)
export SOURCE_DATE_EPOCH VERSION BLACKSTART_CACHE := $(CACHE)
export LC_ALL := C.UTF-8
export TZ := UTC
unexport LIBRARY_PATH CPATH C_INCLUDE_PATH CFLAGS LDFLAGS MAKEFLAGS

TOOLS :=
DEPS  :=
include $(sort $(wildcard tools/*/tool.mk))
include $(sort $(wildcard build/deps/*.mk))

WARN   := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wundef -Wwrite-strings -Wformat=2 -Wno-format-nonliteral
COMMON  = -std=c11 -D_GNU_SOURCE -Itools -include tools/lib/base/banned.h $(WARN) \
	$(if $(WERROR),-Werror) -DBLACKSTART_VERSION='"$(VERSION)"' \
	-DBLACKSTART_EPOCH=$(SOURCE_DATE_EPOCH) -MMD -MP

# The stick's programs: static-PIE against the sysroot.
SYSROOT   := $(abspath $O)/sysroot
STICK_CC  := $(SYSROOT)/bin/musl-gcc
HARDEN    := -O2 -g0 -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	-ftrivial-auto-var-init=zero -ffunction-sections -fdata-sections
export HARDEN
stick_CC     = $(STICK_CC)
stick_CFLAGS = $(COMMON) $(HARDEN) -ffile-prefix-map=$(CURDIR)=.
# The same programs for this machine, with sanitizers: what the tests run.
HOST_CC      ?= gcc
SAN          ?= address,undefined
host_CC      = $(HOST_CC)
host_CFLAGS  = $(COMMON) -Og -g $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
# What the tests run is linked three hundred times: lld takes half as long as the default.
host_LDFLAGS = -fuse-ld=lld -Wl,--as-needed
FUZZ_CC      ?= clang
FUZZ_CFLAGS  = $(COMMON) -O1 -gline-tables-only -fsanitize=address,undefined

# One short line a step; `make V=1` shows the commands.
say = $(if $(V),,@echo "  $(1) $(patsubst $O/%,%,$(2))" && )

LIB_SRC := $(sort $(wildcard tools/lib/*/*.c))
tool_src = $(sort $(wildcard tools/$(1)/*.c tools/$(1)/*/*.c))
PO      := $(sort $(wildcard tools/lib/po/*.po))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all host image run test check unit cli vm lint fuzz size repro offline setup \
	refresh-pins test-full bench po clean help
all: setup $(TOOLS:%=$O/stick/bin/%) ## build every tool for the stick
host: $(TOOLS:%=$O/host/bin/%) $O/host/tests/clock.so $O/host/locpath/de_DE.UTF-8/LC_CTYPE $(PO:tools/lib/po/%.po=$O/host/locale/%/LC_MESSAGES/blackstart.mo) ## build every tool for this machine, with sanitizers

$(O)/stick/obj/%.o: %.c | $O/deps/sysroot
	@mkdir -p $(@D)
	$(call say,CC,$@)$(stick_CC) $(stick_CFLAGS) -c -o $@ $<
$(O)/host/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(host_CC) $(host_CFLAGS) -c -o $@ $<
$(O)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

# One rule per tool and variant: every .c in its folder, then the library, then
# the third-party libraries that its tool.mk names.
define variant_rules
$O/$(1)/lib.a: $(LIB_SRC:%.c=$O/$(1)/obj/%.o)
	@rm -f $$@
	$$(call say,AR,$$@)ar rcsD $$@ $$^
$(foreach t,$(TOOLS),$(eval $(call tool_rule,$(1),$(t))))
endef
define tool_rule
$O/$(1)/bin/$(2): $(patsubst %.c,$O/$(1)/obj/%.o,$(call tool_src,$(2))) $O/$(1)/lib.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$($(1)_CC) $$($(1)_CFLAGS) $$($(1)_LDFLAGS) -o $$@ $$^ $$($(2)_LIBS)
	$(if $(filter stick,$(1)),@strip $$@)
endef
$(eval $(call variant_rules,stick))
$(eval $(call variant_rules,host))
$O/fuzz/lib.a: $(LIB_SRC:%.c=$O/fuzz/obj/%.o)
	@rm -f $@
	$(call say,AR,$@)ar rcsD $@ $^

$O/host/locale/%/LC_MESSAGES/blackstart.mo: tools/lib/po/%.po
	@mkdir -p $(@D)
	msgfmt -o $@ $<
$O/stick/locale/%/LC_MESSAGES/blackstart.mo: tools/lib/po/%.po
	@mkdir -p $(@D)
	msgfmt -o $@ $<

# glibc refuses to translate without a real locale, which a bare machine lacks.
$O/host/locpath/de_DE.UTF-8/LC_CTYPE:
	@mkdir -p $O/host/locpath
	localedef --no-archive -i de_DE -f UTF-8 $(@D)

include build/deps.mk
include build/image.mk
include tests/tests.mk

setup: ## install what this machine lacks (asks for root through sudo)
	@build/setup
refresh-pins: ## renew build/pins.lock from Debian's signed indices
	build/refresh-pins
po: ## renew tools/lib/po from the texts in the sources
	build/po
clean: ## remove everything built; what was fetched stays in the cache
	rm -rf $O
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | expand -t 16

-include $(shell find $O/host $O/stick $O/fuzz -name '*.d' -type f 2>/dev/null)
