#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock and the wired network: nothing happens before somebody asks, and then only
what was asked for."""

import json
import re
import time

from vm import paths, qemu, shell, start, tap, visit

DHCP = ("-netdev", "user,id=n0,restrict=on", "-device", "e1000,netdev=n0")
NOBODY = ("-netdev", "hubport,id=n0,hubid=1", "-device", "virtio-net-pci,netdev=n0")


def shell_in(vm):
    vm.wait_serial(start.START, 180)
    visit.Walk(vm).command_line()
    return shell.Shell(vm)


def clock(t, sh):
    chip = "cat /sys/class/rtc/rtc0/since_epoch; "
    with t.check("the clock is set when asked, and only the system's"):
        _, words = sh.run(chip + "broker clock '2031-02-03 04:05:06'; "
                          "date -u '+%Y-%m-%d %H:%M'; " + chip)
        before, now, after = words.split("\n")
        tap.require(now == "2031-02-03 04:05" and int(after) - int(before) < 60, words)
    with t.check("a time before this release is refused"):
        code, words = sh.run("broker clock '2001-01-01 00:00'")
        tap.require(code == 1 and "before this release" in words, words)


def dhcp(t):
    with qemu.VM("dhcp", boot=start.direct(), extra=DHCP) as vm:
        sh = shell_in(vm)
        with t.check("no network card has a driver before somebody asks"):
            _, words = sh.run("ls /sys/class/net")
            tap.require(words in ("", "lo"), words)
        clock(t, sh)
        with t.check("DHCP: the wired network comes up when asked"):
            code, words = sh.run("broker network --json", 120)
            found = json.loads(words)
            tap.require(code == 0 and found["how"] == "dhcp"
                        and found["address"] == "10.0.2.15/24", words)
        with t.check("DHCP: no IPv6, and nothing listens"):
            _, words = sh.run("cat /proc/net/if_inet6; cat /proc/net/tcp | wc -l")
            tap.require(words == "1", words)
        with t.check("DHCP: the helper has three capabilities and no more"):
            _, words = sh.run("grep CapPrm /proc/$(ps | sed -n 's/^ *\\([0-9]*\\) .*[u]dhcpc -f.*/"
                              "\\1/p')/status")
            tap.require(int(words.split()[-1], 16) == 1 << 12 | 1 << 13 | 1 << 10, words)


def link_local(t):
    with qemu.VM("local", boot=start.direct(), extra=NOBODY) as vm:
        sh = shell_in(vm)
        vm.qmp("set_link", name="n0", up=False)
        with t.check("without a cable it says so"):
            code, words = sh.run("broker network", 120)
            tap.require(code == 1 and "cable" in words, words)
        vm.qmp("set_link", name="n0", up=True)
        time.sleep(1)
        with t.check("with nobody who gives addresses it takes a link-local one"):
            code, words = sh.run("broker network --json", 180)
            found = json.loads(words)
            tap.require(code == 0 and found["how"] == "link-local"
                        and re.fullmatch(r"169\.254\.\d+\.\d+/16", found["address"]), words)


def main(t):
    t.parallel([("DHCP", dhcp), ("link-local", link_local)])


if __name__ == "__main__":
    tap.need(paths.KERNEL, paths.BASE, paths.KIT)
    tap.run(main, limit_s=400)
