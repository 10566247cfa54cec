"""The Home tab, drawn from a survey: what is wrong with the watching, then each connection.

Pure. A view holds 100 blocks (docs.slack.dev, App Home): MOST_CARDS connections of four blocks, the
banner's eleven at most, and eight around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    InteractiveElement,
    Option,
    OverflowMenuElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.destination import detour_sentence, reached_nobody, unheard_sentence
from bot.domain.diagnosis import diagnose
from bot.domain.gap import going_on
from bot.domain.incident import spell
from bot.domain.status import TROUBLE, Status
from bot.slack.cards import NOTHING, Facts, card, small, summary, the_rest
from bot.slack.connect_form import GUIDE
from bot.slack.first_steps import WHAT_I_DO, last_step, three_steps
from bot.slack.message import ALERTS, HISTORY, TEST, UPDATE_CREDENTIALS, button, handling
from bot.slack.text import plain, plain_sentence, time
from bot.usecases.ports import Overview
from bot.usecases.survey import Health, Survey

SETTINGS, HELP = "settings.open", "help.open"
PAUSE, RESUME = "connection.pause", "connection.resume"
MAINTENANCE = "connection.maintenance"
ASK_DISCONNECT = "connection.ask_disconnect"
SEND_AGAIN = "alerts.send_again"
MORE = "connection.more"

MOST_CARDS = 20
MOST_DETOURS = 4
MOST_REASONS = 5


def shown_on(found: Survey) -> Sequence[Overview]:
    """The connections for which there is room."""
    return found.overviews[:MOST_CARDS]


def home_view(found: Survey, facts: Mapping[str, Facts], health: Health | None = None) -> View:
    """What a full member sees; `facts` by the ids of the connections that are shown, and how the
    bot itself is, where it is known."""
    if not found.overviews:
        return _view([*_banner(found), *_set_up(found)])
    blocks: list[Block] = [*_banner(found), *_left_to_do(found)]
    blocks.append(HeaderBlock(text=summary(found.overviews)))
    for each in shown_on(found):
        id_ = each.connection.id
        suspected = found.suspected.get(id_, "")
        known = replace(facts.get(id_, NOTHING), suspected=suspected, manages=found.manages)
        blocks += [DividerBlock(), *card(each, known, brief=True)]
        blocks += _row(each, manages=found.manages)
    if rest := found.overviews[MOST_CARDS:]:
        blocks += [DividerBlock(), small(the_rest(rest))]
    return _view([*blocks, *_foot(found, health)])


def closed_view(sentence: str) -> View:
    """What is said to somebody who may not look, with what everybody may read."""
    read = ActionsBlock(block_id="foot", elements=[_help(), _guide()])
    return _view([HeaderBlock(text="Hello"), SectionBlock(text=sentence), read])


def _view(blocks: Sequence[Block]) -> View:
    return View(type="home", blocks=list(blocks))


def _banner(found: Survey) -> list[Block]:
    """Whatever keeps alerts from people, the worst first; nothing where all is well."""
    wrong = [*_died(found), *_unheard(found), *_suspended(found), *_detours(found)]
    if found.unwatched_since:
        wrong.append(_line(going_on(found.unwatched_since)))
    if not wrong:
        return []
    return [HeaderBlock(text=":warning: Something needs mending"), *wrong, DividerBlock()]


def _died(found: Survey) -> list[Block]:
    if not found.died:
        return []
    count = sum(number for _, number in found.died)
    alerts = "1 alert has" if count == 1 else f"{count} alerts have"
    reasons = [f"• {number}: {reached_nobody(noted)}" for noted, number in found.died]
    if len(reasons) == 1:
        reasons = [reached_nobody(found.died[0][0])]
    if (more := len(reasons) - MOST_REASONS) > 0:
        reasons[MOST_REASONS:] = [f"• … and {more} more reasons"]
    who = "" if found.manages else "\nWhoever manages the connections can send them again here."
    text = f"*{alerts} reached nobody.*\n" + "\n".join(reasons) + who
    again = ButtonElement(text="Send again", action_id=SEND_AGAIN, style="primary")
    accessory = again if found.manages else None
    return [SectionBlock(block_id="died", text=plain_sentence(text), accessory=accessory)]


def _unheard(found: Survey) -> list[Block]:
    return [_line(unheard_sentence(found.unheard))] if found.unheard else []


def _suspended(found: Survey) -> list[Block]:
    if found.suspended is None:
        return []
    text = (
        f"*Slack takes no message from this app* since {time(found.suspended.since)} "
        f"({plain(found.suspended.reason)}). Have the app installed anew: alerts are kept until "
        "then, and go out by themselves."
    )
    return [SectionBlock(text=text)]


def _detours(found: Survey) -> list[Block]:
    blocks = [_line(detour_sentence(each)) for each in found.detours[:MOST_DETOURS]]
    if (more := len(found.detours) - MOST_DETOURS) > 0:
        blocks.append(small(f"… and {more} more places that take nothing."))
    return blocks


def _line(sentence: str) -> Block:
    return SectionBlock(text=plain_sentence(sentence))


def _row(overview: Overview, *, manages: bool) -> list[Block]:
    """What this person may do about it, what helps first.

    The block's id stays while nothing changes, so that a menu that is open finds its block when the
    tab is drawn again, and changes with the incident, so that a choice made is not shown any more.
    """
    incident, id_ = overview.incident, overview.connection.id
    elements = handling(overview.connection, incident) if incident else []
    if manages:
        elements = [*_mend(overview), *elements, _menu(overview)]
    block_id = f"{id_}:{incident.version if incident else 0}"
    return [ActionsBlock(block_id=block_id, elements=elements)] if elements else []


def _mend(overview: Overview) -> list[InteractiveElement]:
    watch, connection = overview.watch, overview.connection
    if watch.status is Status.PAUSED:
        return [button("Resume", RESUME, connection, style="primary")]
    test = button("Test now", TEST, connection)
    if watch.status not in TROUBLE:
        return [test]
    fine = watch.cause is not None and diagnose(watch.cause).credentials_fine
    style = None if fine else "primary"
    update = button("Update credentials", UPDATE_CREDENTIALS, connection, style=style)
    return [test, update] if fine else [update, test]


def _menu(overview: Overview) -> InteractiveElement:
    """The rest, in five entries at most."""
    entries = {ALERTS: "Alerts and pace", MAINTENANCE: "Maintenance", ASK_DISCONNECT: "Disconnect"}
    if overview.watch.status is not Status.PAUSED:
        entries = {PAUSE: "Pause", **entries}
    if overview.watch.status not in TROUBLE:
        entries = {UPDATE_CREDENTIALS: "Update credentials", **entries}
    options = [
        Option(value=f"{key}:{overview.connection.id}", text=text) for key, text in entries.items()
    ]
    return OverflowMenuElement(action_id=MORE, options=options)


def _set_up(found: Survey) -> list[Block]:
    """For newcomers."""
    return [
        HeaderBlock(text="Nothing is watched yet"),
        SectionBlock(text=f"{WHAT_I_DO} Three steps, and you are set up."),
        DividerBlock(),
        *three_steps(manages=found.manages),
        *_foot(found),
    ]


def _left_to_do(found: Survey) -> list[Block]:
    """For who manages, until an alert goes to a channel."""
    channels = [each.connection.channel for each in found.overviews]
    if any(channels) or not found.manages:
        return []
    return [last_step(found.overviews[0].connection), DividerBlock()]


def _foot(found: Survey, health: Health | None = None) -> list[Block]:
    every = spell(timedelta(seconds=found.check_interval))
    hint = f"Checked every {every}, unless chosen otherwise."
    if found.manages:
        hint += " `/autotask connect NAME` connects another Autotask."
    buttons = [_help()]
    if found.overviews:
        buttons += [ButtonElement(text="History", action_id=HISTORY), _guide()]
    if found.manages:
        buttons.append(ButtonElement(text="Settings", action_id=SETTINGS))
    foot: list[Block] = [DividerBlock(), ActionsBlock(block_id="foot", elements=buttons)]
    how = [_healthy(health)] if health and not found.unwatched_since else []
    return [*foot, small(*how, hint)] if found.overviews else foot


def _healthy(health: Health) -> str:
    checks = "checks are late" if health.checks_late else "checks on time"
    alerts = "alerts wait for Slack" if health.alerts_wait else "alerts delivered"
    return f"The bot: {checks}, {alerts}, running since {time(health.since)}"


def _help() -> ButtonElement:
    return ButtonElement(text="Help", action_id=HELP)


def _guide() -> ButtonElement:
    return ButtonElement(text="How to create an API user", action_id=GUIDE)
