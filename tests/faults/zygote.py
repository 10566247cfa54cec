"""Workers at once: forked from a parent that has everything imported, in ten milliseconds.

Run as a module it is that parent. It reads orders from standard input, one JSON object a line, and
says on standard output who was born and who has died, of what.
"""

import asyncio
import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from tests.faults.worker import Task, run, warm_up


@dataclass
class Worker:
    """One forked process. `ended` becomes its wait status: -9 where it was killed."""

    pid: int
    zygote: "Zygote"
    ended: asyncio.Future[int] = field(default_factory=asyncio.Future)

    def signal(self, number: int) -> None:
        """Without effect where it has ended: its number may belong to somebody else by now."""
        if not self.ended.done():
            self.zygote.order({"signal": number, "pid": self.pid})

    async def kill(self) -> None:
        """SIGKILL, and see it dead."""
        self.signal(signal.SIGKILL)
        await self.dead()

    async def dead(self) -> int:
        """Its wait status, once it has ended."""
        return await asyncio.shield(self.ended)


class Zygote:
    """The parent, seen from the harness."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._workers: dict[int, Worker] = {}
        self._born: asyncio.Queue[Worker] = asyncio.Queue()
        self.log = log

    async def fork(self, task: Task) -> Worker:
        """A worker that has this to do."""
        self.order({"fork": asdict(task)})
        return await self._born.get()

    def order(self, order: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def listen(self) -> None:
        """Hear of births and deaths, until the parent ends."""
        assert self._process.stdout
        async for line in self._process.stdout:
            said = json.loads(line)
            if "born" in said:
                worker = self._workers[said["born"]] = Worker(said["born"], self)
                self._born.put_nowait(worker)
            else:
                self._workers.pop(said["died"]).ended.set_result(said["status"])

    def errors(self) -> str:
        """What the workers have complained of."""
        return self.log.read_text()


@asynccontextmanager
async def zygote(directory: Path, *, warm: bool = True) -> AsyncIterator[Zygote]:
    """Started, and ended with all its workers. `warm` workers are the product's."""
    log = directory / "workers.log"
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.zygote", *(["warm"] if warm else [])),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    parent = Zygote(process, log)
    listening = asyncio.create_task(parent.listen())
    try:
        yield parent
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
        await listening


def main() -> None:
    """Obey until standard input ends; then nobody is left behind."""
    nudge, nudged = os.pipe()
    for end in (nudge, nudged):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(nudged)
    if "warm" in sys.argv:
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
    elif order["pid"] in workers:
        os.kill(order["pid"], order["signal"])


def _bury(workers: set[int]) -> None:
    for pid in list(workers):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            workers.discard(pid)
            _say({"died": pid, "status": os.waitstatus_to_exitcode(status)})


def _say(said: dict[str, int]) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


def _be_a_worker(task: Task) -> NoReturn:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
