"""The story of the doctor: what is in order and what is not, each line with its fix.

Everybody who may look sees what concerns their own workspace. How the bot itself is, is for its
operator: OPERATOR_USER and the admins, in the workspace whose token the bot was started with.
"""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, HeaderBlock, SectionBlock

from bot.domain.destination import detour_sentence, reached_nobody, unheard_sentence, why
from bot.domain.errors import ConfigurationError
from bot.domain.finding import Finding
from bot.domain.gap import going_on
from bot.domain.listing import LONGEST_OF_IDS, some_of
from bot.domain.people import Person
from bot.domain.stamps import mention, stamp
from bot.domain.status import TROUBLE
from bot.slack.cards import summary
from bot.slack.desk import Answer, Desk
from bot.slack.messenger import FAILURES
from bot.slack.outcomes import code_of
from bot.slack.request import Request
from bot.slack.socket import Identity, examine_token, identify
from bot.slack.text import fitting, plain_sentence
from bot.usecases.survey import Survey, survey

MOST_PLACES = MOST_REASONS = 5
MAY_LOOK = frozenset({"channels:read", "groups:read"})
_LONGEST = 1_500
"""Characters of one line; a section holds 3,000 (docs.slack.dev), escaped."""


async def tell(desk: Desk, request: Request, name: str) -> None:
    """`/autotask doctor`."""
    person = await desk.who(request, fresh=True)
    found = await survey(desk.ports, person)
    slack, identity = await examine_token(request.client, about="Slack")
    closed = await _closed(request, found, identity)
    own = [slack, *findings(found, closed)]
    whole = []
    if desk.look and await _operates(desk, person):
        whole = [each async for each in desk.look()]
    await desk.answer(request, drawn(own, whole))


async def _operates(desk: Desk, person: Person) -> bool:
    """Whether this person, whom `survey` has let look, is one of the bot's operators."""
    if not (person.admin or person.id == desk.ports.operator):
        return False
    try:
        identity = await identify(desk.homes.client)
    except ConfigurationError:
        return False
    return identity is not None and identity.workspace_id == person.workspace_id


async def _closed(
    request: Request, found: Survey, identity: Identity | None
) -> Mapping[str, str] | None:
    """The alert channels that Slack says are closed to the bot, and by which code. None where the
    optional scopes for that are not granted."""
    if identity is None or identity.scopes is None or not identity.scopes >= MAY_LOOK:
        return None
    closed = {}
    for channel in _channels(found)[:MOST_PLACES]:
        try:
            seen = await request.client.conversations_info(channel=channel)
        except FAILURES as error:
            if (code := code_of(error)) == "channel_not_found":
                closed[channel] = code
        else:
            if seen["channel"].get("is_archived"):
                closed[channel] = "is_archived"
    return closed


def _channels(found: Survey) -> Sequence[str]:
    """Of all connections, without those that are known to be broken."""
    broken = {each.channel for each in found.detours}
    channels = dict.fromkeys(each.connection.channel for each in found.overviews)
    return [each for each in channels if each and each not in broken]


def findings(found: Survey, closed: Mapping[str, str] | None) -> Sequence[Finding]:
    """What there is to say of one workspace; `closed` as far as Slack was asked just now."""
    places = _places(found, closed)
    return [_posting(found), _connections(found), *places, _owed(found), _watching(found)]


def _posting(found: Survey) -> Finding:
    about = "Posting"
    if found.suspended is None:
        return Finding(about, "nothing is held back")
    since, reason = stamp(found.suspended.since), found.suspended.reason
    fix = "Have the app installed anew: alerts are kept until then, and go out by themselves."
    return Finding(about, f"Slack takes no message from this app since {since} ({reason})", fix)


def _connections(found: Survey) -> Finding:
    about = "Connections"
    if not found.overviews:
        return Finding(about, "nothing is connected yet", "`/autotask connect` begins.")
    troubled = any(each.watch.status in TROUBLE for each in found.overviews)
    fix = "`/autotask status` names the cause of each, and the next step." if troubled else ""
    return Finding(about, summary(found.overviews), fix)


def _places(found: Survey, closed: Mapping[str, str] | None) -> list[Finding]:
    about = "Where alerts go"
    wrong = [detour_sentence(each) for each in found.detours[:MOST_PLACES]]
    if (more := len(found.detours) - MOST_PLACES) > 0:
        wrong.append(f"{more:,} more places take nothing")
    wrong += [
        f"I cannot post in {mention(each)}: {why(code)}" for each, code in (closed or {}).items()
    ]
    if found.unheard:
        wrong.append(unheard_sentence(found.unheard))
    if wrong:
        return [Finding(about, each, _ELSEWHERE) for each in wrong]
    if not (channels := _channels(found)):
        return [Finding(about, "to the people who connected" if found.overviews else "nowhere yet")]
    looked = channels[:MOST_PLACES] if closed is not None else []
    known = "open to me" if len(looked) == len(channels) else "as far as alerts have shown"
    named = some_of([mention(each) for each in channels], LONGEST_OF_IDS)
    return [Finding(about, f"{named}, {known}")]


_ELSEWHERE = "Mend that, or choose another channel with `/autotask alerts`."


def _owed(found: Survey) -> Finding:
    about = "Alerts"
    if not found.died:
        return Finding(about, "none has reached nobody")
    count = sum(number for _, number in found.died)
    told = [f"{number}: {reached_nobody(noted)}" for noted, number in found.died]
    reasons = "; ".join(
        told[:MOST_REASONS]
        + ([f"{more:,} more reasons"] if (more := len(told) - MOST_REASONS) > 0 else [])
    )
    fix = "Mend that, then press Send again on my Home tab."
    return Finding(about, f"{count} reached nobody ({reasons})", fix)


def _watching(found: Survey) -> Finding:
    about = "Watching"
    if found.unwatched_since is None:
        return Finding(about, "checks are made")
    return Finding(about, going_on(found.unwatched_since), "Tell whoever runs this bot.")


def drawn(own: Sequence[Finding], whole: Sequence[Finding]) -> Answer:
    """What concerns this workspace, and where there is any, how the bot itself is."""
    wrong = [each.about for each in (*own, *whole) if not each.fine]
    text = "All is in order."
    if wrong:
        text = f"To be mended: {', '.join(dict.fromkeys(wrong))}."
    blocks: list[Block] = [SectionBlock(text=f"*{text}*"), *(_line(each) for each in own)]
    if whole:
        blocks += [HeaderBlock(text="The bot itself"), *(_line(each) for each in whole)]
    return Answer(fitting([text, *(_spoken(each) for each in (*own, *whole))]), blocks)


def _line(finding: Finding) -> Block:
    mark = ":white_check_mark:" if finding.fine else ":warning:"
    return SectionBlock(text=f"{mark} *{finding.about}*: {_spoken(finding, named=False)}")


def _spoken(finding: Finding, *, named: bool = True) -> str:
    said = f"{finding.about}: {finding.text}" if named else finding.text
    text = plain_sentence(said if len(said) <= _LONGEST else said[:_LONGEST] + "…")
    return text if finding.fine else f"{text}\n→ {plain_sentence(finding.fix)}"
