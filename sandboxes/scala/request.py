"""What the agent would ask the compiler: the arguments of scalac, and the file named last."""

import pathlib
import struct
import sys

name = sys.argv[-1]
parts = ["\0".join(sys.argv[1:]).encode(), name.encode(), pathlib.Path(name).read_bytes()]
request = struct.pack(">I", len(parts))
for part in parts:
    request += struct.pack(">I", len(part)) + part
sys.stdout.buffer.write(request)
