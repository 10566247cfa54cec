"""What the doctor finds, and the hello to whoever installed the app."""

from collections.abc import Iterator

from bot.domain.finding import Finding
from bot.domain.stamps import unmarked
from bot.slack.doctor import drawn, findings
from bot.slack.onboarding import hello
from tests.slack.stories.cast import Cast
from tests.slack.stories.home_tab import surveys
from tests.slack.stories.story import Story

SLACK = Finding("Slack", "connected to Example MSP")


def stories(cast: Cast) -> Iterator[Story]:
    for name, found in surveys(cast, manages=True).items():
        shown = drawn([SLACK, *findings(found, None)], [])
        yield Story("The answer to doctor", name, shown, (found,))
        if name == "all is well":
            closed = drawn(findings(found, {"C0ALERTS": "is_archived"}), [])
            yield Story("The answer to doctor", "a channel is closed", closed)
            whole = drawn([SLACK, *findings(found, {})], _whole(cast))
            yield Story("The answer to doctor", "to the operator", whole)
    yield Story("Hello", "to whoever installed the app", hello(cast.company))


def _whole(cast: Cast) -> list[Finding]:
    wrong = Finding("Database", f"it is full: {unmarked(cast.company)}", "Make room on the disk.")
    return [Finding("Key", "loaded"), wrong, Finding("Long", "x" * 5_000, "Shorten it.")]
