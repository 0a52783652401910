# SPDX-License-Identifier: GPL-3.0-or-later
# Third-party parts of the sysroot. Each lives in build/deps/NAME.mk as assignments:
#   DEPS += NAME
#   NAME_SOURCE  its name in build/pins.lock
#   NAME_NEEDS   the parts that must be in the sysroot before it
#   NAME_FILES   files of ours that it is built with
#   NAME_BUILD   shell lines, run in the unpacked and patched source; install into $D
# build/dep does the rest: fetch by hash, patch, build, keep in the cache by the hash
# of all its inputs.
export SYSROOT
export $(foreach d,$(DEPS),$(d)_BUILD)

define dep_rule
$O/deps/$(1): build/deps/$(1).mk build/dep build/pins.lock $($(1)_FILES) $($(1)_NEEDS:%=$O/deps/%)
	@mkdir -p $$(@D)
	@build/dep $(1) "$($(1)_SOURCE)" "$($(1)_NEEDS)" "$($(1)_FILES)" $$@
endef
$(foreach d,$(DEPS),$(eval $(call dep_rule,$(d))))
$O/deps/sysroot: $(DEPS:%=$O/deps/%)
	@touch $@
