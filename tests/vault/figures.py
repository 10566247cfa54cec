"""How long sealing, opening and a rotation take here: `python -m tests.vault.figures`."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from timeit import repeat

from tests.sqlite import new_file
from tests.vault.cast import loaded, master
from tests.vault.estate import estate

PLAIN = b"x" * 105
PLACE = {
    "workspace": "T024BE7LD",
    "connection": "0123456789abcdef0123456789abcdef",
    "field": "credentials",
    "origin": "https://webservices3.autotask.net",
}
TIMES = 10_000


def microseconds() -> tuple[float, float]:
    """Of one sealing and one opening of a connection's credentials, the best of five."""
    key = master(1)
    blob = key.seal(PLAIN, "credential", **PLACE)
    seal = repeat(lambda: key.seal(PLAIN, "credential", **PLACE), number=TIMES, repeat=5)
    open_ = repeat(lambda: key.open(blob, "credential", **PLACE), number=TIMES, repeat=5)
    return min(seal) / TIMES * 1e6, min(open_) / TIMES * 1e6


async def seconds(number: int) -> tuple[float, float]:
    """Of a new master key, and of new data keys, for so many workspaces in a SQLite file that
    waits for its disk."""
    with TemporaryDirectory() as directory:
        url = new_file(Path(directory) / "bot.db")
        async with estate(url, loaded(master(1))) as before:
            await before.furnish(number)
        async with estate(url, loaded(master(2), master(1)), hurried=False) as there:
            there.seconds += 1
            time = asyncio.get_running_loop().time
            start = time()
            rewrapped = await there.rotation.rewrap()
            middle = time()
            renewed = await there.rotation.renew()
            end = time()
            assert rewrapped.done == renewed.done == number
            assert await there.held_by(loaded(master(2))).opened() == number
    return middle - start, end - middle


if __name__ == "__main__":
    print("seal {:.1f} us, open {:.1f} us".format(*microseconds()))  # noqa: T201 - the answer
    print("10,000: master key {:.1f} s, data keys {:.1f} s".format(*asyncio.run(seconds(10_000))))  # noqa: T201
