"""`make diagnose-report`: each situation, the verdict it got, and what it looks the same as."""

import asyncio
import sys
from collections.abc import Mapping

from tests.diagnosis.situations import SITUATIONS, scene


def matrix(found: Mapping[str, str]) -> list[str]:
    """A line per situation: whether the verdict is right, and whose it is too."""
    columns = list(dict.fromkeys(each.expected for each in SITUATIONS))
    width = max(len(each.name) for each in SITUATIONS)
    lines = [f"{'verdicts':{width + 3}} " + " ".join(f"{n:>2}" for n in range(1, len(columns) + 1))]
    for each in SITUATIONS:
        cells = " ".join(" ●" if found[each.name] == column else " ·" for column in columns)
        mark = "✓" if found[each.name] == each.expected else "✗"
        lines.append(f"{mark} {each.name:{width + 1}} {cells}{_same_as(each.name, found)}")
    return [*lines, "", *(f"{n:>2} {column}" for n, column in enumerate(columns, start=1))]


def _same_as(name: str, found: Mapping[str, str]) -> str:
    others = [other for other, verdict in found.items() if verdict == found[name] and other != name]
    return f"   cannot be told apart from: {', '.join(others)}" if others else ""


async def _look() -> dict[str, str]:
    found = {}
    for situation in SITUATIONS:
        async with scene() as each:
            found[situation.name] = await situation.look(each)
    return found


def main() -> int:
    """Print the report; 1 where a verdict is wrong."""
    found = asyncio.run(_look())
    sys.stdout.write("\n".join(matrix(found)) + "\n")
    return int(any(found[each.name] != each.expected for each in SITUATIONS))


if __name__ == "__main__":
    sys.exit(main())
