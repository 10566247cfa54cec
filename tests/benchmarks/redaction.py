"""How long one log record takes to scrub: `python -m tests.benchmarks.redaction`."""

import secrets
from time import perf_counter

from bot.domain.secret import Secret
from bot.redaction import Redaction

LINE = '{"connection": "5f0c2d", "event": "checked", "level": "info", "seen": "ok"}' + " x" * 100
TRACEBACK = "\n".join(f'  File "bot/usecases/check.py", line {n}, in check' for n in range(60))


def microseconds(redaction: Redaction, text: str, *, times: int = 200) -> float:
    """The middle one."""
    took = []
    for _ in range(times):
        began = perf_counter()
        redaction.scrub(text)
        took.append(perf_counter() - began)
    return sorted(took)[times // 2] * 1e6


def main() -> None:
    for count in (0, 10, 100, 1000):
        held = [Secret(secrets.token_urlsafe(18)) for _ in range(count)]
        redaction = Redaction()
        began = perf_counter()
        redaction.scrub(LINE)
        learned = (perf_counter() - began) * 1e3
        changing = []
        for _ in range(50):
            new = Secret(secrets.token_urlsafe(18))
            began = perf_counter()
            redaction.scrub(LINE)
            changing.append(perf_counter() - began)
            del new
        print(  # noqa: T201 - that is what it is for
            f"{len(held):5} secrets: "
            f"{microseconds(redaction, LINE):6.0f} us a line of {len(LINE)}, "
            f"{microseconds(redaction, TRACEBACK):6.0f} us a traceback of {len(TRACEBACK)}, "
            f"{sorted(changing)[25] * 1e6:6.0f} us where one has come and one gone, "
            f"{learned:5.1f} ms to learn them all"
        )


if __name__ == "__main__":
    main()
