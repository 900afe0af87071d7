import os
import socket
import sys
import time

port, addresses, limit_seconds = int(sys.argv[1]), sys.argv[2:-1], float(sys.argv[-1])
end = time.monotonic() + limit_seconds

try:
    with open(os.path.join(os.environ.get("TMPDIR", "/tmp"), "vllm-eks-leader")) as file:
        address = file.read().strip()
except OSError:
    address = ""
address = addresses[0] if addresses else address
if not address:
    sys.exit(0)

misses = 0
while misses < 3 and time.monotonic() < end:
    try:
        socket.create_connection((address, port), timeout=2).close()
        misses = 0
    except OSError:
        misses += 1
    time.sleep(1)
