"""The story of the doctor: what is in order and what is not, each line with its fix.

Everybody who may look sees what concerns their own workspace. How the bot itself is, is for its
operator: OPERATOR_USER and the admins, in the workspace whose token the bot was started with.
"""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, HeaderBlock, SectionBlock

from bot.domain.destination import detour_sentence, reached_nobody, unheard_sentence
from bot.domain.errors import ConfigurationError
from bot.domain.finding import Finding
from bot.domain.gap import going_on
from bot.domain.people import Person
from bot.domain.stamps import mention, stamp
from bot.domain.status import TROUBLE
from bot.slack.desk import Answer, Desk
from bot.slack.home import summary
from bot.slack.request import Request
from bot.slack.socket import examine_token, identify
from bot.slack.text import plain_sentence
from bot.usecases.survey import Survey, survey

MOST_PLACES = 5
_LONGEST = 1_500
"""Characters of one line; a section holds 3,000 (docs.slack.dev), escaped."""


async def tell(desk: Desk, request: Request, name: str) -> None:
    """`/autotask doctor`."""
    person = await desk.who(request, fresh=True)
    found = await survey(desk.ports, person)
    own = [await examine_token(request.client, about="Slack"), *_own(found)]
    whole = []
    if desk.look and await _operates(desk, person):
        whole = [each async for each in desk.look()]
    await desk.answer(request, _answer(own, whole))


async def _operates(desk: Desk, person: Person) -> bool:
    """Whether this person, whom `survey` has let look, is one of the bot's operators."""
    if not (person.admin or person.id == desk.ports.operator):
        return False
    try:
        identity = await identify(desk.homes.client)
    except ConfigurationError:
        return False
    return identity is not None and identity.workspace_id == person.workspace_id


def _own(found: Survey) -> Sequence[Finding]:
    """What the database knows of one workspace."""
    return [_posting(found), _connections(found), *_places(found), _owed(found), _watching(found)]


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


def _places(found: Survey) -> list[Finding]:
    about = "Where alerts go"
    wrong = [Finding(about, detour_sentence(each), _ELSEWHERE) for each in found.detours]
    if found.unheard:
        wrong.append(Finding(about, unheard_sentence(found.unheard), _ELSEWHERE))
    if wrong:
        return wrong[-MOST_PLACES:]
    channels = dict.fromkeys(
        each.connection.channel for each in found.overviews if each.connection.channel
    )
    named = ", ".join(mention(each) for each in list(channels)[:MOST_PLACES])
    more = " and others" if len(channels) > MOST_PLACES else ""
    where = f"{named}{more}, as far as Slack has said" if named else "to the people who connected"
    return [Finding(about, where)]


_ELSEWHERE = "Mend that, or choose another channel with `/autotask alerts`."


def _owed(found: Survey) -> Finding:
    about = "Alerts"
    if not found.died:
        return Finding(about, "none has reached nobody")
    count = sum(number for _, number in found.died)
    reasons = "; ".join(f"{number}: {reached_nobody(noted)}" for noted, number in found.died[:5])
    fix = "Mend that, then press Send again on my Home tab."
    return Finding(about, f"{count} reached nobody ({reasons})", fix)


def _watching(found: Survey) -> Finding:
    about = "Watching"
    if found.unwatched_since is None:
        return Finding(about, "checks are made")
    return Finding(about, going_on(found.unwatched_since), "Tell whoever runs this bot.")


def _answer(own: Sequence[Finding], whole: Sequence[Finding]) -> Answer:
    wrong = [each.about for each in (*own, *whole) if not each.fine]
    text = "All is in order."
    if wrong:
        text = f"To be mended: {', '.join(dict.fromkeys(wrong))}."
    blocks: list[Block] = [SectionBlock(text=f"*{text}*"), *(_line(each) for each in own)]
    if whole:
        blocks += [HeaderBlock(text="The bot itself"), *(_line(each) for each in whole)]
    return Answer(" ".join([text, *(_spoken(each) for each in (*own, *whole))]), blocks)


def _line(finding: Finding) -> Block:
    mark = ":white_check_mark:" if finding.fine else ":warning:"
    return SectionBlock(text=f"{mark} *{finding.about}*: {_spoken(finding, named=False)}")


def _spoken(finding: Finding, *, named: bool = True) -> str:
    said = f"{finding.about}: {finding.text}" if named else finding.text
    text = plain_sentence(said if len(said) <= _LONGEST else said[:_LONGEST] + "…")
    return text if finding.fine else f"{text}\n→ {plain_sentence(finding.fix)}"
