# SPDX-License-Identifier: GPL-3.0-or-later
"""One virtual PC: starts it, reads its serial line and screen, types on its keyboard."""

import codecs
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from vm import acceleration, firmware, keys, paths, screen, slots

_running = set()
# A time limit of a test is meant for a PC that has a core to itself. A busy machine may take
# many times as long (measured on two cores with four busy processes beside it: a start from BIOS
# in 146 s instead of 22), and waiting for what comes anyway costs nothing.
PATIENCE = 5
_ESCAPE = re.compile(r"\x1b(\[[0-9;?=]*[ -/]*[@-~]|[()#%][0-9A-Za-z@]|[=>78cMHDE])|\r")
_ESCAPE_LONGEST = 24


def _without_escapes(text):
    """The text without terminal escapes, and the beginning of one that is not whole yet."""
    clean = _ESCAPE.sub("", text)
    cut = clean.rfind("\x1b")
    if cut < 0 or len(clean) - cut > _ESCAPE_LONGEST:
        return clean, ""
    return clean[:cut], clean[cut:]


class Ended(Exception):
    """QEMU is gone though something was still expected of it."""


class Silence(Exception):
    """What was waited for did not come in time."""


@dataclasses.dataclass
class Disk:
    """A disk image and how it is plugged in. The image itself is written only
    with snapshot=False; `log` records every write in a file (see blklog)."""

    path: pathlib.Path
    bus: str = "usb"  # usb, sata, nvme, virtio, scsi
    snapshot: bool = True
    boot: bool = False
    serial: str = ""
    log: pathlib.Path | None = None
    name: str = ""  # the device id for unplug(); made up when empty

    def arguments(self, number):
        self.name = self.name or f"disk{number}"
        drive = f"{self.name}-drive"
        path = str(self.path).replace(",", ",,")
        device = {"usb": "usb-storage,bus=usb.0,removable=on", "sata": f"ide-hd,bus=sata.{number}",
                  "nvme": "nvme", "virtio": "virtio-blk-pci", "scsi": "scsi-hd,bus=scsi.0"}
        device = device[self.bus]
        device += f",id={self.name},drive={drive}"
        if self.bus == "nvme" or self.serial:
            device += f",serial={self.serial or self.name}"
        if self.boot:
            device += ",bootindex=0"
        if self.log:
            self.log.write_bytes(b"")
            return ["-blockdev", f"driver=file,node-name={drive}-file,filename={path}",
                    "-blockdev", f"driver=file,node-name={drive}-logfile,filename={self.log}",
                    "-blockdev", f"driver=blklogwrites,node-name={drive},file={drive}-file,"
                    f"log={drive}-logfile,log-super-update-interval=1", "-device", device]
        return ["-drive", f"if=none,id={drive},format=raw,file={path},"
                f"discard=unmap,snapshot={'on' if self.snapshot else 'off'}", "-device", device]


@dataclasses.dataclass
class Direct:
    """A kernel that QEMU itself loads, with no firmware's boot path before it."""

    kernel: pathlib.Path
    initrd: list
    append: str = ""

    def arguments(self, folder):
        # As GRUB does it: one file after the other, each on a multiple of four bytes.
        together = folder / "initrd"
        with together.open("wb") as out:
            for part in self.initrd:
                with pathlib.Path(part).open("rb") as source:
                    shutil.copyfileobj(source, out)
                out.write(b"\0" * (-out.tell() % 4))
        return ["-machine", "q35", "-kernel", str(self.kernel), "-initrd", str(together),
                "-append", self.append]


class VM:
    """A virtual PC, running inside a `with` block.

    boot     "bios", "uefi", "secure-2011" ... (firmware.STORES), or a Direct
    name     its folder for logs and pictures below out/vm/TEST/
    disks    list of Disk
    video    QEMU's display device; full_hd for one of 1920x1080
    keyboard the layout that the guest believes in (keys.LAYOUTS)
    """

    full_hd = "VGA,edid=on,xres=1920,yres=1080,vgamem_mb=32"

    def __init__(self, name, boot="bios", disks=(), memory_mib=1024, cpus=2, video="VGA",
                 keyboard="us", extra=()):
        self.folder = paths.results(name)
        for old in self.folder.glob("*.png"):
            old.unlink()
        self.name, self.keyboard = name, keyboard
        self.disks = list(disks)
        self._temporary = tempfile.TemporaryDirectory(prefix="blackstart-vm-")
        work = pathlib.Path(self._temporary.name)
        direct = isinstance(boot, Direct)
        machine = boot.arguments(work) if direct else firmware.arguments(boot, work)
        self._work = work
        self.command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
            "-device", video, "-m", str(memory_mib), "-smp", str(cpus), "-no-reboot",
            *machine,
            *acceleration.arguments("on" if "smm=on" in ",".join(machine) else "off"),
            "-device", "qemu-xhci,id=usb", *self._storage(), *extra]
        self.fonts = list(screen.usual_fonts())
        self._process, self._place = None, None
        self._serial, self._seen, self._closed = "", 0, False
        self._news = threading.Condition(threading.RLock())
        self.events = []
        self._plugged = 0

    def _storage(self):
        options = []
        for bus, controller in (("scsi", "virtio-scsi-pci"), ("sata", "ahci")):
            if any(d.bus == bus for d in self.disks):
                options += ["-device", f"{controller},id={bus}"]
        for number, disk in enumerate(self.disks):
            options += disk.arguments(number)
        return options

    # --- life ---

    def __enter__(self):
        self._place = slots.take()
        try:
            return self._start()
        except BaseException:
            self.close()
            raise

    def _start(self):
        serial, serial_far = socket.socketpair()
        monitor, monitor_far = socket.socketpair()
        files = (serial_far.fileno(), monitor_far.fileno())
        # pdeathsig: should this test be killed outright, QEMU must not stay behind.
        command = ["setpriv", "--pdeathsig", "KILL", *self.command,
                   "-chardev", f"socket,id=serial0,fd={files[0]}", "-serial", "chardev:serial0",
                   "-chardev", f"socket,id=qmp,fd={files[1]}", "-mon", "chardev=qmp,mode=control"]
        (self.folder / "command").write_text("\n".join(map(str, command)) + "\n")
        self._errors = (self.folder / "qemu.log").open("wb")
        self.started = time.monotonic()
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._errors,
                                         stderr=self._errors, pass_fds=files)
        _running.add(self)
        serial_far.close()
        monitor_far.close()
        self._serial_socket, self._monitor_socket = serial, monitor
        self._monitor = monitor.makefile("rwb")
        self._reader = threading.Thread(target=self._read_serial, daemon=True)
        self._reader.start()
        try:
            self._monitor_line()
            self.qmp("qmp_capabilities")
        except Ended as problem:
            raise Ended(f"this machine could not start a virtual PC at all: {problem}") from problem
        return self

    def __exit__(self, kind, _value, _trace):
        if kind:
            self._keep_failure()
        self.close()

    def _keep_failure(self):
        """The screen at the moment of a failure, as failed.png."""
        try:
            self.screenshot("failed")
        except (Ended, OSError, RuntimeError, ValueError):
            pass  # the first failure is the one to report

    def close(self):
        """End QEMU, whatever state it is in. May be called twice."""
        _running.discard(self)
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process:
            self._reader.join(5)
            for end in (self._monitor, self._monitor_socket, self._serial_socket, self._errors):
                try:
                    end.close()
                except OSError:
                    pass  # bytes that QEMU did not take any more
        if self._place:
            self._place.close()
        self._temporary.cleanup()

    def running(self):
        return self._process is not None and self._process.poll() is None

    def wait_end(self, timeout_s):
        """Wait until the PC goes off by itself; "guest-shutdown" or "guest-reset"."""
        end = time.monotonic() + PATIENCE * timeout_s
        try:
            while not any(e["event"] == "SHUTDOWN" for e in self.events):
                if not self._monitor_line(end):
                    raise Silence(f"still on: {self._how_long()}\n{self.tail()}")
        except Ended:
            pass
        reasons = [e["data"]["reason"] for e in self.events if e["event"] == "SHUTDOWN"]
        if not reasons:
            raise Ended(self._why_ended())
        return reasons[0]

    def _why_ended(self):
        errors = (self.folder / "qemu.log").read_text(errors="replace")[-600:]
        try:
            status = self._process.wait(5)  # its sockets close a moment before it is gone
        except subprocess.TimeoutExpired:
            status = "none yet"
        if isinstance(status, int) and status < 0:
            status = f"{signal.Signals(-status).name}: no doing of its guest's"
        return f"QEMU ended, status {status}\n{errors}\n{self.tail()}"

    def _how_long(self):
        """What tells a guest that hangs from a machine that is too busy to run it."""
        try:
            stat = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text()
            ticks = sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))
            used = f"{ticks / os.sysconf('SC_CLK_TCK'):.0f} s"
        except OSError:
            used = "unknown"
        return (f"on for {self.age_s():.0f} s, processor time {used}, this machine's load "
                f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")

    def age_s(self):
        return time.monotonic() - self.started

    # --- serial line ---

    def _read_serial(self):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        raw = ""
        with (self.folder / "serial.log").open("wb") as log:
            while True:
                try:
                    data = self._serial_socket.recv(65536)
                except OSError:
                    data = b""
                log.write(data)
                log.flush()
                with self._news:
                    text, raw = _without_escapes(raw + decoder.decode(data))
                    self._serial += text
                    self._closed = not data
                    self._news.notify_all()
                if not data:
                    return

    def serial(self):
        """All that came over the serial line so far, without terminal escapes."""
        with self._news:
            return self._serial

    def tail(self, characters=800):
        return f"--- end of the serial line of {self.name}:\n{self.serial()[-characters:]}"

    def wait_serial(self, pattern, timeout_s=60):
        """Wait for a regular expression after what an earlier wait found; its match."""
        found = self._serial_within(pattern, PATIENCE * timeout_s)
        if not found:
            self._keep_failure()
            raise Silence(f"no {pattern!r} on the serial line: {self._how_long()}"
                          f"\n{self.tail()}\n{self._shown()}")
        return found

    def never_serial(self, pattern, seconds):
        """Whether a regular expression does not come in this time, or before the PC ends."""
        try:
            return not self._serial_within(pattern, seconds)
        except Ended:
            return True

    def _serial_within(self, pattern, seconds):
        wanted = re.compile(pattern)
        end = time.monotonic() + seconds
        while True:
            with self._news:
                found = wanted.search(self._serial, self._seen)
                if found:
                    self._seen = found.end()
                    return found
                left = end - time.monotonic()
                if self._closed:
                    raise Ended(f"waiting for {pattern!r}: {self._why_ended()}")
                if left <= 0:
                    return None
                self._news.wait(min(left, 1))

    def _shown(self):
        """The screen, for a report: firmware and GRUB say there what they stumble over."""
        try:
            return "--- the screen:\n" + "\n".join(self.screen_text())
        except (Ended, OSError, RuntimeError, ValueError) as problem:
            return f"--- no picture of the screen: {problem}"

    def wait_settled(self, pattern, timeout_s=30, quiet_s=0.4):
        """Wait until the serial line ends with `pattern` and says nothing more for
        quiet_s; all that came since the last wait."""
        wanted = re.compile(rf"(?:{pattern})\Z")
        end = time.monotonic() + PATIENCE * timeout_s
        with self._news:
            while True:
                size = len(self._serial)
                ready = size > self._seen and wanted.search(self._serial, self._seen)
                if not self._news.wait(quiet_s) and ready and size == len(self._serial):
                    text, self._seen = self._serial[self._seen:], size
                    return text
                if self._closed:
                    raise Ended(f"waiting for {pattern!r}: {self._why_ended()}")
                if time.monotonic() > end:
                    self._keep_failure()
                    raise Silence(f"the serial line did not settle at {pattern!r}: "
                                  f"{self._how_long()}\n{self.tail()}")

    def send(self, text):
        """Type on the serial line."""
        self._serial_socket.sendall(text.encode())

    # --- QEMU's monitor ---

    def _monitor_line(self, end=None):
        """Read one message; False when there is none before `end`."""
        self._monitor_socket.settimeout(None if end is None else max(0.01, end - time.monotonic()))
        try:
            line = self._monitor.readline()
        except TimeoutError:
            # A file object is of no use after a time-out: make a new one.
            self._monitor = self._monitor_socket.makefile("rwb")
            return False
        except OSError as problem:
            raise Ended(f"{problem}: {self._why_ended()}") from problem
        finally:
            self._monitor_socket.settimeout(None)
        if not line:
            raise Ended(self._why_ended())
        message = json.loads(line)
        if "event" in message:
            self.events.append(message)
        return message

    def qmp(self, command, **arguments):
        """One monitor command; its answer. Raises RuntimeError with QEMU's words."""
        request = {"execute": command, "arguments": arguments}
        try:
            self._monitor.write(json.dumps(request).encode() + b"\n")
            self._monitor.flush()
        except OSError as problem:
            raise Ended(self._why_ended()) from problem
        while True:
            message = self._monitor_line()
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise RuntimeError(f"{command}: {message['error']['desc']}")

    def press(self, *names):
        """Press keys one after the other; "ctrl-alt-f2" is three at once."""
        for name in names:
            self._press(name.split("-"))

    def _press(self, together):
        codes = [{"type": "qcode", "data": code} for code in together]
        self.qmp("send-key", keys=codes, **{"hold-time": 40})
        # QEMU lets go of the keys in its own time; a second press before that is lost.
        time.sleep(0.09)

    def type(self, text):
        """Type a text on the PC's keyboard."""
        for together in keys.presses(text, self.keyboard):
            self._press(together)

    def unplug(self, disk, timeout_s=20):
        """Pull a disk out and wait until the guest has let go of it."""
        self.qmp("device_del", id=disk.name)
        end = time.monotonic() + PATIENCE * timeout_s
        while not any(e["event"] == "DEVICE_DELETED" and e["data"].get("device") == disk.name
                      for e in self.events):
            if not self._monitor_line(end):
                raise Silence(f"{disk.name} is still plugged in: {self._how_long()}")

    def plug(self, disk, read_only=False):
        """Plug a USB disk into the running PC, perhaps with its switch on "read only". QEMU
        drops the drive of a disk that was unplugged, so each time it gets a new one."""
        self._plugged += 1
        drive = f"{disk.name}-plug{self._plugged}"
        self.events.clear()  # an older DEVICE_DELETED of this disk is not the next one
        self.qmp("blockdev-add", **{"node-name": drive, "driver": "raw", "read-only": read_only,
                                    "file": {"driver": "file", "filename": str(disk.path)}})
        self.qmp("device_add", driver="usb-storage", id=disk.name, bus="usb.0", drive=drive,
                 removable=True, serial=disk.serial or disk.name)

    def writes(self, disk):
        """How many writes and discards QEMU has seen on a disk."""
        for entry in self.qmp("query-blockstats", **{"query-nodes": False}):
            if disk.name in entry.get("qdev", "").split("/"):
                return entry["stats"]["wr_operations"] + entry["stats"]["unmap_operations"]
        raise RuntimeError(f"no statistics of {disk.name}")

    # --- screen ---

    def screenshot(self, name):
        """Keep a picture of the screen as NAME.png."""
        target = self.folder / f"{name}.png"
        self.qmp("screendump", filename=str(target), format="png")
        return target

    def screen_text(self):
        """The lines of text on the screen; [] while it cannot be read as such."""
        target = self._work / "screen.ppm"
        self.qmp("screendump", filename=str(target))
        return screen.read(screen.Picture(target.read_bytes()), self.fonts)

    def wait_screen(self, pattern, timeout_s=60):
        """Wait until the screen shows a regular expression (lines joined by newlines)."""
        wanted = re.compile(pattern, re.MULTILINE)
        end = time.monotonic() + PATIENCE * timeout_s
        while True:
            text = "\n".join(self.screen_text())
            found = wanted.search(text)
            if found:
                return found
            if time.monotonic() > end:
                self._keep_failure()
                raise Silence(f"no {pattern!r} on the screen: {self._how_long()}; it shows:\n{text}"
                              f"\n{self.tail()}")
            time.sleep(0.5)


def close_all():
    """End every virtual PC that is still running."""
    for vm in list(_running):
        vm.close()
