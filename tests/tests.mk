# SPDX-License-Identifier: GPL-3.0-or-later
# The tests. tests/unit/TOOL/x_test.c is linked with the objects of TOOL (or with
# the library alone, for tests/unit/lib); tests/fuzz/TOOL/x_fuzz.c likewise.
UNIT := $(patsubst tests/unit/%.c,$O/host/unit/%,$(sort $(wildcard tests/unit/*/*_test.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$O/fuzz/%,$(sort $(wildcard tests/fuzz/*/*_fuzz.c)))
FUZZ_SECONDS ?= 2
ALL_LIBS := -lsodium -lsqlite3 -lqrencode -lhpdf -lncursesw -ltinfo -lzstd -lext2fs -lcom_err -lcurl -ldeflate -lm
-include $(wildcard tests/unit/*/wrap.mk)

# Objects of the tool that the target's folder names, without its main(); for fuzzing only those that
# are named here, if any are: compiling them takes long.
broker_FUZZED := settings
handbook_FUZZED := distance phonetic
objects_of = $(patsubst %.c,$O/$(1)/obj/%.o,$(or $(and $(filter fuzz,$(1)),$($(2)_FUZZED:%=tools/$(2)/%.c)), \
	$(filter-out %/main.c,$(call tool_src,$(2))))) $O/$(1)/lib.a
.SECONDEXPANSION:
$O/host/unit/%: tests/unit/%.c $$(call objects_of,host,$$(firstword $$(subst /, ,$$*)))
	@mkdir -p $(@D)
	$(call say,LD,$@)$(host_CC) $(host_CFLAGS) $(host_LDFLAGS) $(foreach w,$($(notdir $*)_WRAP),-Wl,--wrap=$(w)) \
		-Wno-missing-prototypes -MT $@ -o $@ $< $(filter %.o %.a,$^) -lcmocka $(ALL_LIBS)
$O/fuzz/%: tests/fuzz/%.c $$(call objects_of,fuzz,$$(firstword $$(subst /, ,$$*)))
	@mkdir -p $(@D)
	$(call say,LD,$@)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -fuse-ld=lld -Wno-missing-prototypes \
		-MT $@ -o $@ $< $(filter %.o %.a,$^) $(ALL_LIBS)

# Of these alone, for tests/lint/compile.
$O/fuzz/obj/tests/fuzz/%.o: FUZZ_CFLAGS += -Wno-missing-prototypes

# What tests/cli/.clock preloads.
$O/host/tests/clock.so: tests/cli/clock.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(host_CC) $(COMMON) -Wno-missing-prototypes -fPIC -shared -MT $@ -o $@ $<

export BLACKSTART_OUT := $(abspath $O)
unit: $(UNIT) ## run the unit tests
	tests/run $(UNIT)
cli: host ## run the command line tests
	tests/run $(sort $(wildcard tests/cli/*/*))
# What fuzz targets of binary formats begin with: made, not kept.
SEEDS := $O/fuzz/seeds/done
$(SEEDS): tests/fuzz/seeds | host
	tests/fuzz/seeds $O
	@touch $@
# What tests need, by as many jobs as there are processors once the machine has what it needs.
TESTED := host $(UNIT) $(FUZZ) $(SEEDS)
build_all = @MAKEFLAGS='$(MAKEFLAGS)' $(MAKE) --no-print-directory -j$(shell nproc)
check: setup ## everything but the VM tests; about 11 minutes on two cores
	$(build_all) $(TESTED)
	tests/run --slowest 10 $(UNIT) $(sort $(wildcard tests/cli/*/*)) $(FUZZ)
fuzz: $(FUZZ) $(SEEDS) ## run each fuzz target for FUZZ_SECONDS (2)
	FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run $(FUZZ)
vm: image ## boot the stick in QEMU in every way that it must work or refuse
	tests/run $(sort $(wildcard tests/vm/*_test.py))
test: setup ## the test command: unit, command line, fuzz, VM
	$(build_all) $(TESTED) image
	tests/run --slowest 10 $(UNIT) $(sort $(wildcard tests/cli/*/*)) $(FUZZ) $(sort $(wildcard tests/vm/*_test.py))
test-full: test offline repro ## also what takes long: long fuzzing, offline build, reproducibility
	FUZZ_SECONDS=120 tests/run $(FUZZ)
	MUTANTS=60 TEST_SECONDS=2400 tests/run tests/cli/triage/damage_is_never_silent
	DATA_CUTS=200 JOURNAL_CUTS=200 tests/run tests/vm/data_test.py tests/vm/journal_test.py
	IMAGE_FULL=1 RESTORE_CUTS=200 RESTORE_KILLS=50 TEST_SECONDS=2400 tests/run $O/host/unit/lib/restore_cuts_test \
		$(sort $(wildcard tests/cli/sysimage/*)) tests/vm/debian_image_test.py tests/vm/image_stick_test.py
	ENCRYPTED_FULL=1 TEST_SECONDS=14400 tests/run tests/vm/encrypted_test.py
$O/stick/bench/%: tests/bench/%.c $O/stick/lib.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(stick_CC) $(stick_CFLAGS) -MT $@ -o $@ $^ -lncursesw -lqrencode -lsodium
# Those that measure the parsers of triage alone.
$O/stick/bench/triage/%: tests/bench/triage/%.c $$(call objects_of,stick,triage)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(stick_CC) $(stick_CFLAGS) -MT $@ -o $@ $< $(filter %.o %.a,$^) $(triage_LIBS)
bench: all $(addprefix $O/stick/bench/,ui_keys digest triage/make triage/structs triage/evtx) ## measure what has a number to reach; see docs/benchmarks.md
	tests/bench/kit
	tests/bench/handbook
	tests/bench/journal
	tests/bench/image
	tests/bench/triage/run
	tests/bench/registry
	$O/stick/bench/ui_keys
	$O/stick/bench/digest
	$O/stick/bench/triage/evtx
lint: ## compilers, formatter, shell, include borders, man pages, translations
	tests/lint/all
