"""Workers at once: forked from a parent that has everything imported, in ten milliseconds.

Run as a module it is that parent. It reads orders from standard input, one JSON object a line, and
says on standard output who was born and who has died, of what.
"""

import asyncio
import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from tests.faults.worker import Task, run, warm_up
from tests.faults.world import forget_all

DIE_WITH_THE_PARENT = 1
"""PR_SET_PDEATHSIG: also where the parent is killed, and the worker stands still."""


@dataclass
class Worker:
    """One forked process. `ended` becomes its wait status: -9 where it was killed."""

    pid: int
    zygote: "Zygote"
    ended: asyncio.Future[int] = field(default_factory=asyncio.Future)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def signal(self, number: int) -> None:
        """Without effect where it has ended: its number may belong to somebody else by now."""
        if not self.ended.done():
            self.zygote.order({"signal": number, "pid": self.pid})

    async def kill(self) -> None:
        """SIGKILL, and see it dead."""
        self.signal(signal.SIGKILL)
        await self.dead()

    async def stop(self) -> None:
        """SIGSTOP, and see it stand still."""
        self.stopped.clear()
        self.signal(signal.SIGSTOP)
        stopping = asyncio.create_task(self.stopped.wait())
        either: set[asyncio.Future[Any]] = {stopping, self.ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    async def end(self) -> None:
        """SIGTERM: it ends what it has begun, and then itself."""
        self.signal(signal.SIGTERM)
        status = await self.dead()
        assert status == 0, f"a worker ended with {status}: {self.zygote.errors()}"

    async def dead(self) -> int:
        """Its wait status, once it has ended."""
        return await asyncio.shield(self.ended)


@dataclass(frozen=True)
class Parent:
    """The process that forks, which serves one scene after the other."""

    process: subprocess.Popen[bytes]
    log: Path
    """What it and the workers complain of."""


@contextmanager
def a_parent() -> Iterator[Parent]:
    """Started, and ended with all its workers."""
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "workers.log"
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                [sys.executable, "-m", "tests.faults.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as process,
        ):
            yield Parent(process, log)
            assert process.stdin
            process.stdin.close()


class Zygote:
    """The parent, as one scene sees it."""

    def __init__(self, parent: Parent) -> None:
        assert parent.process.stdin
        self._orders = parent.process.stdin.fileno()
        self._workers: dict[int, Worker] = {}
        self._born: asyncio.Queue[Worker] = asyncio.Queue()
        self._log = parent.log
        self._complaints_before = parent.log.stat().st_size

    async def fork(self, task: Task) -> Worker:
        """A worker that has this to do."""
        self.order({"fork": asdict(task)})
        return await self._born.get()

    def order(self, order: dict[str, Any]) -> None:
        os.write(self._orders, json.dumps(order).encode() + b"\n")

    async def listen(self, said: asyncio.StreamReader) -> None:
        """Hear of births and deaths, and of who stands still."""
        async for line in said:
            event = json.loads(line)
            if "born" in event:
                worker = self._workers[event["born"]] = Worker(event["born"], self)
                self._born.put_nowait(worker)
            elif "stopped" in event:
                self._workers[event["stopped"]].stopped.set()
            else:
                self._workers.pop(event["died"]).ended.set_result(event["status"])

    async def clear(self) -> None:
        """Leave nobody behind."""
        for each in list(self._workers.values()):
            await each.kill()

    def errors(self) -> str:
        """What the workers have complained of."""
        return self._log.read_bytes()[self._complaints_before :].decode()


@asynccontextmanager
async def zygote(parent: Parent) -> AsyncIterator[Zygote]:
    """The parent for one scene, at the end of which all its workers are dead."""
    assert parent.process.stdout
    said = asyncio.StreamReader()
    ears, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(said),
        os.fdopen(os.dup(parent.process.stdout.fileno()), "rb", 0),
    )
    forker = Zygote(parent)
    forker.order({"forget": True})
    listening = asyncio.create_task(forker.listen(said))
    try:
        yield forker
    finally:
        await forker.clear()
        listening.cancel()
        ears.close()


def main() -> None:
    """Obey until standard input ends; then nobody is left behind."""
    nudge, nudged = os.pipe()
    for end in (nudge, nudged):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(nudged)
    warm_up()
    gc.freeze()
    workers: set[int] = set()
    _serve(nudge, workers)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


def _serve(nudge: int, workers: set[int]) -> None:
    orders = b""
    while True:
        ready, _, _ = select.select([0, nudge], [], [])
        if nudge in ready:
            os.read(nudge, 4096)
            _bury(workers)
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                return
            *lines, orders = (orders + read).split(b"\n")
            for line in lines:
                _obey(json.loads(line), workers)


def _obey(order: dict[str, Any], workers: set[int]) -> None:
    if "fork" in order:
        pid = os.fork()
        if pid == 0:
            _be_a_worker(Task.of(order["fork"]))
        workers.add(pid)
        _say({"born": pid})
    elif "forget" in order:
        forget_all()
    elif order["pid"] in workers:
        os.kill(order["pid"], order["signal"])


def _bury(workers: set[int]) -> None:
    for pid in list(workers):
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if found and os.WIFSTOPPED(status):
            _say({"stopped": pid})
        elif found:
            workers.discard(pid)
            _say({"died": pid, "status": os.waitstatus_to_exitcode(status)})


def _say(said: dict[str, int]) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


def _be_a_worker(task: Task) -> NoReturn:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(DIE_WITH_THE_PARENT, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    status = 1
    try:
        run(task)
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent's code must not go on here
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
