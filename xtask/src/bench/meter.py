"""Runs a command and writes what it took: the arguments are a file, then the command."""

import json
import os
import sys
import time

report, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
child = os.posix_spawnp(command[0], command, os.environ)
# Of the process and of all children that it waited for.
_, status, usage = os.wait4(child, 0)
wall = time.monotonic() - start
with open(report, "w") as file:
    took = {"wall": wall, "user": usage.ru_utime, "system": usage.ru_stime}
    json.dump(took | {"peak_kib": usage.ru_maxrss}, file)
sys.exit(0 if status == 0 else f"ended with {os.waitstatus_to_exitcode(status)}")
