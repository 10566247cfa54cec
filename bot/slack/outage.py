"""The message of several incidents of one zone: what fails, whom it concerns, what came of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, SectionBlock

from bot.domain.diagnosis import Diagnosis, diagnose
from bot.domain.incident import Alert, Incident, spell
from bot.domain.listing import some_of
from bot.domain.observation import Cause
from bot.domain.outage import Member, is_end, is_in_hand, is_known_over
from bot.domain.status import Status
from bot.slack.message import (
    Message,
    coloured,
    fact,
    further_steps,
    handling,
    looked_after,
    reason_and_step,
)
from bot.slack.text import MARKS, plain, plain_sentence, time

_ENDS = {"paused": "Paused", "disconnected": "Disconnected"}


def outage_message(members: Sequence[Member]) -> Message:
    """As it stands now; at least two incidents, of one zone."""
    members = sorted(members, key=lambda each: each.incident.number)
    still = [each for each in members if each.incident.closed_at is None]
    return _open(members, still) if still else _closed(members)


def outage_line(line: Alert, about: Member, others: Sequence[Member]) -> str:
    """A line below it. What one says for all needs no name, but for the last word."""
    text, last = plain_sentence(line.text), plain(about.connection.title)
    if not is_end(line, about.incident):
        return text
    if not is_known_over((about, *others)):
        return f"Nobody watches the last one any more. It was *{last}*: {text}"
    return f"It is over for all {len(others) + 1:,} connections. The last was *{last}*: {text}"


def _open(members: Sequence[Member], still: Sequence[Member]) -> Message:
    eldest = next((each for each in still if not is_in_hand(each.incident)), still[0])
    since = min(each.incident.opened_at for each in still)
    in_hand = all(is_in_hand(each.incident) for each in still)
    status = Status.DEGRADED if in_hand else Status.INACTIVE
    words, zone = _words(eldest.incident), _zone(members)
    text = (
        f"{MARKS[status]} *Autotask zone {plain(zone)}*: {_titles(still)}, since {time(since)}. "
        f"{_how_many(still, members)} *Inactive*; your credentials are not the cause."
        f"{looked_after(eldest.incident)}\n{reason_and_step(words)}"
    )
    blocks = [*further_steps(words), *_lists(members)]
    blocks.append(_facts(members, words))
    about = f"Autotask zone {zone}"
    elements = handling(eldest.connection, eldest.incident, about=about)
    blocks.append(ActionsBlock(elements=elements))
    return Message(text, (coloured(status, blocks, text),))


def _closed(members: Sequence[Member]) -> Message:
    lasted = max(_until(each.incident) - each.incident.opened_at for each in members)
    back = [each for each in members if each.incident.closed_how not in _ENDS]
    status, ends = Status.ACTIVE, f"{_how_many(back, members)} *Active* again." if back else ""
    span = f"The outage lasted *{spell(lasted)}* at the longest"
    if not is_known_over(members):
        one = "the last one" if back else "it"
        status, ends = Status.PAUSED, f"{ends} Nobody watches {one} any more.".lstrip()
        span = f"It had lasted *{spell(lasted)}* by then"
    what = f"{MARKS[status]} *Autotask zone {plain(_zone(members))}*"
    text = f"{what}: {ends} {span} ({_titles(members)})."
    since = min(each.incident.opened_at for each in members)
    until = max(_until(each.incident) for each in members)
    facts = [f"From {time(since)} to {time(until)}", _numbers(members)]
    blocks = [*_lists(members), ContextBlock(elements=[fact(each) for each in facts])]
    return Message(text, (coloured(status, blocks, text),))


def _words(incident: Incident) -> Diagnosis:
    cause = incident.cause or Cause.OURS
    return diagnose(cause, last_ok_at=incident.last_ok_at, evidence=incident.evidence)


def _until(incident: Incident) -> datetime:
    return incident.closed_at or incident.opened_at


def _zone(members: Sequence[Member]) -> str:
    """The one that failed. Some may have moved to another since."""
    failed = members[0].incident.origin or members[0].connection.origin
    named = (each.connection.zone for each in members if each.connection.origin == failed)
    return next(filter(None, named), failed.host)


def _titles(members: Iterable[Member]) -> str:
    """What is wrong; of several things the most frequent first, with how many have it."""
    counts = Counter(_words(each.incident).title for each in members).most_common()
    if len(counts) == 1:
        return counts[0][0]
    return ", ".join(f"{title} ({count:,})" for title, count in counts)


def _how_many(those: Sequence[Member], members: Sequence[Member]) -> str:
    of = f" of {len(members):,}" if len(those) < len(members) else ""
    one = len(those) == 1 and not of
    return (
        f"*{len(those):,}{of} connection{'' if one else 's'}* {'is' if len(those) == 1 else 'are'}"
    )


def _lists(members: Sequence[Member]) -> list[Block]:
    """Who is still out, who is back, who is not watched any more."""
    groups: dict[tuple[str, str], list[Member]] = {}
    for each in members:
        groups.setdefault(_how(each.incident), []).append(each)
    return [
        SectionBlock(text=f"{mark} {word}: {_names(those)}")
        for (mark, word), those in sorted(groups.items(), key=lambda each: each[0][1] != "Inactive")
    ]


def _how(incident: Incident) -> tuple[str, str]:
    if incident.closed_at is None:
        return MARKS[Status.INACTIVE], "Inactive"
    if incident.closed_how in _ENDS:
        return MARKS[Status.PAUSED], _ENDS[incident.closed_how]
    return MARKS[Status.ACTIVE], "Active again"


def _names(members: Sequence[Member]) -> str:
    return some_of([plain(each.connection.title) for each in members])


def _facts(members: Sequence[Member], words: Diagnosis) -> Block:
    facts = [f"Zone {plain(_zone(members))}"]
    if words.evidence:
        facts.append("Seen: " + "; ".join(plain(each) for each in words.evidence[-4:]))
    facts += [f"Cause {words.confidence}", _numbers(members)]
    return ContextBlock(elements=[fact(each) for each in facts])


def _numbers(members: Sequence[Member]) -> str:
    numbers = [each.incident.number for each in members]
    if len(numbers) <= 5:
        return "Incidents " + ", ".join(f"#{each}" for each in numbers)
    return f"{len(numbers):,} incidents, #{numbers[0]} to #{numbers[-1]}"
