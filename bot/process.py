"""The process as others on the machine can see it: no core dumps, and no looking in.

A process's memory holds opened credentials. A core file would put them on the disk; and whoever
runs as the same user could attach, or read /proc/PID/environ, mem and maps.
"""

import ctypes
import resource
import sys

_GET_DUMPABLE, _SET_DUMPABLE = 3, 4
"""prctl(2)."""


def close_to_others() -> None:
    """Once and for all, for this process and those it starts as far as core dumps go. What the
    system does not know is left out: only Linux can keep others from looking in."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _prctl(_SET_DUMPABLE)


def open_to_others() -> str:
    """What is still open; empty where nothing is."""
    found = []
    if resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        found.append("core dumps are on")
    if sys.platform == "linux" and _prctl(_GET_DUMPABLE) != 0:
        found.append("others of the same user may look into its memory")
    return ", ".join(found)


def _prctl(what: int) -> int:
    return int(ctypes.CDLL(None).prctl(what, 0, 0, 0, 0))
