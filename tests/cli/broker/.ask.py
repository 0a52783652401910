# SPDX-License-Identifier: GPL-3.0-or-later
"""One raw request to the broker: ask.py SOCKET KEY=VALUE... | --bytes HEX | --repeat C N.
Prints each answer on a line, its strings separated by blanks."""
import socket
import sys

s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.settimeout(20)
s.connect(sys.argv[1])
rest = sys.argv[2:]
if rest[0] == "--bytes":
    data = bytes.fromhex(rest[1])
elif rest[0] == "--repeat":
    data = rest[1].encode() * int(rest[2])
else:
    data = b"".join(a.encode() + b"\0" for a in rest)
s.send(data)
while True:
    answer = s.recv(8192)
    print(answer.decode().rstrip("\0").replace("\0", " "))
    if not answer.startswith((b"type=disk\0", b"type=partition\0", b"type=note\0")):
        break
