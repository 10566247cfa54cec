"""What others on the machine can see of the process. Each in a process of its own."""

import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, os, resource, sys
from bot.process import close_to_others, open_to_others
if os.getuid() == 0:
    os.setuid(65534)  # root may look everywhere
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
if sys.argv[1] == "closed":
    close_to_others()
parent = os.getpid()
if os.fork() == 0:
    try:
        seen = open(f"/proc/{parent}/environ").read()
    except PermissionError:
        seen = ""
    print("CANARY" in seen, flush=True)
    os._exit(0)
os.wait()
print(resource.getrlimit(resource.RLIMIT_CORE)[0], open_to_others() or "closed")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl and /proc are Linux's own")
@pytest.mark.parametrize(
    ("how", "looked", "found"),
    [("open", "True", "may look into its memory"), ("closed", "False", "closed")],
)
def test_others_of_the_same_user_cannot_look_in(how: str, looked: str, found: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT, how],
        capture_output=True,
        text=True,
        check=True,
        env={"CANARY": "1"},
    )

    seen, limits = done.stdout.splitlines()
    assert seen == looked
    assert limits.endswith(found)
    assert how == "open" or limits.startswith("0 ")
