"""Words and marks that every message shares. All text that others wrote goes through `plain`."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block
from slack_sdk.models.messages import DateLink

from bot.domain.observation import Quota
from bot.domain.stamps import spelled
from bot.domain.status import Status, Watch

MARKS = {
    Status.PENDING: ":white_circle:",
    Status.ACTIVE: ":large_green_circle:",
    Status.SUSPECT: ":large_green_circle:",
    Status.DEGRADED: ":large_yellow_circle:",
    Status.INACTIVE: ":red_circle:",
    Status.PAUSED: ":white_circle:",
}
COLOURS = {
    Status.DEGRADED: "#D9A400",
    Status.INACTIVE: "#D92D20",
    Status.ACTIVE: "#17803D",
    Status.PAUSED: "#8A8F98",
}
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_LONGEST = 150
LONGEST_ALOUD = 4_000
"""Characters of the text at the top (docs.slack.dev, chat.postMessage)."""
LONGEST_SECTION = 3_000
"""Characters of one section's text (docs.slack.dev, the section block)."""
_WORDS = re.compile(r"(?:<[^<>]{0,200}>|\S){1,10}\s*|\s+")


def plain(text: str) -> str:
    """`text` so that Slack shows it as it is: no mention, link or broadcast, no hidden marks."""
    return escaped(label(text, _LONGEST))


def aloud(blocks: Iterable[Block]) -> str:
    """What blocks say, line by line, for the text at the top: screen readers and push previews read
    nothing else."""
    lines: list[str] = []
    for block in (each.to_dict() for each in blocks):
        texts = [block.get("text"), *(block.get("elements") or ())]
        lines += [each["text"] for each in texts if each and isinstance(each.get("text"), str)]
    return fitting(lines)


def fitting(lines: Sequence[str]) -> str:
    """As many whole lines as Slack recommends for a text, and "…" where there are more."""
    said = "\n".join(lines)
    if len(said) <= LONGEST_ALOUD:
        return said
    return said[: said.rindex("\n", 0, LONGEST_ALOUD - 1)] + "\n…"


def portions(text: str) -> list[str]:
    """`text` in pieces that a section holds each, torn between words and never within a mention."""
    pieces = [""]
    for word in _WORDS.findall(text):
        if len(pieces[-1]) + len(word) > LONGEST_SECTION:
            pieces.append("")
        pieces[-1] += word
    return pieces


def label(text: str, longest: int = 75) -> str:
    """`text` for where Slack shows no markup, such as a button: no hidden marks, not too long."""
    shown = _UNSEEN.sub(" ", text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def escaped(text: str) -> str:
    """`text` so that it mentions and links nothing."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_sentence(text: str) -> str:
    """A sentence of ours that may quote a name: escaped, and not cut; the moments and people that
    it marks are shown in the reader's own way."""
    return spelled(escaped(text), time=time)


def time(at: datetime) -> str:
    """A moment in each reader's own time zone; in UTC where Slack cannot."""
    return str(
        DateLink(
            date=at,
            date_format="{date_short_pretty} at {time}",
            fallback=at.strftime("%Y-%m-%d %H:%M UTC"),
        )
    )


def status_word(watch: Watch) -> str:
    """The status as people see it: a suspicion never alarms anybody."""
    if watch.status is Status.SUSPECT:
        return "Active, rechecking"
    return watch.status.value.capitalize()


def took(latency: float | None) -> str:
    """Such as "in 340 ms", with a space before it; nothing where it was not measured."""
    if latency is None:
        return ""
    return f" in {lasting(latency)}"


def lasting(seconds: float) -> str:
    """Such as "340 ms" or "1.2 s"."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def quota_phrase(quota: Quota) -> str:
    """How much of the tenant's hourly requests all integrations have used."""
    return f"{quota.share:.0%} of the hourly budget used ({quota.used:,} of {quota.limit:,})"


def person(user_id: str) -> str:
    """A mention of whoever did it, or the command line."""
    return "the command line" if user_id == "cli" else f"<@{user_id}>"
