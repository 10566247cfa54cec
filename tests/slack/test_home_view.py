"""The Home tab as it is drawn: whatever there is to show, Slack takes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.destination import Detour
from bot.domain.incident import Incident
from bot.domain.observation import Cause, Seen
from bot.domain.policy import Policy
from bot.domain.status import Status
from bot.domain.suspicion import suspicion
from bot.domain.uptime import Size, Tally, Uptime
from bot.sandbox.slack.elements import HOME
from bot.sandbox.slack.view_rules import checked_view
from bot.slack.cards import Facts
from bot.slack.connect_form import GUIDE
from bot.slack.home import HELP, MOST_CARDS, closed_view, home_view
from bot.usecases.ports import Overview, Suspended
from bot.usecases.survey import Health, Survey
from tests.end_to_end.player import Json, words
from tests.store.cast import NOW, an_accepted, opened

WORKED = Uptime(month=Tally(ok=timedelta(days=29), failed=timedelta(days=1)))
HOUR = Tally(ok=timedelta(hours=1), latency_sum=timedelta(milliseconds=180), answered=1)
KNOWN = Facts(
    WORKED, [(Size.HOUR.floor(NOW) - Size.HOUR.span * back, HOUR) for back in range(24)], NOW
)
WELL = Health(NOW, checks_late=False, alerts_wait=False)


def troubled(number: int, **changes: object) -> Overview:
    """As long as it gets: inactive, with an incident, and hushed in every way."""
    accepted = an_accepted(f"{number:02} {'x' * 37}")
    connection = replace(accepted.connection, company="&" * 150)
    incident = opened(connection).incident
    assert isinstance(incident, Incident)
    watch = replace(
        accepted.watch,
        status=Status.INACTIVE,
        cause=Cause.CREDENTIALS_REFUSED,
        snoozed_until=NOW,
        maintenance_from=NOW,
        maintenance_until=NOW,
    )
    return Overview(connection, watch, accepted.quota, replace(incident, **changes))  # type: ignore[arg-type]


def survey(overviews: list[Overview], *, manages: bool) -> Survey:
    """Everything is wrong at once."""
    connections = [each.connection for each in overviews]
    places = " ".join(f"C{number} is_archived;" for number in range(9))
    return Survey(
        overviews,
        manages=manages,
        check_interval=300,
        died=[(f"no destination is left ({places} {number})", number) for number in range(12)],
        detours=[
            Detour(f"C{number}", "channel_not_found", NOW, connections, ["U1", "U2", "U3"])
            for number in range(9)
        ],
        unheard=connections,
        suspended=Suspended("T1", "missing_scope: chat:write", NOW),
        unwatched_since=NOW,
    )


def drawn(found: Survey, health: Health | None = WELL) -> Json:
    """As the strict Slack takes it."""
    facts = {each.connection.id: KNOWN for each in found.overviews}
    return checked_view(home_view(found, facts, health).to_dict(), HOME)


@pytest.mark.parametrize("manages", [True, False])
@pytest.mark.parametrize("count", [0, 1, MOST_CARDS, MOST_CARDS + 1, 250])
def test_however_much_there_is_it_fits(count: int, *, manages: bool) -> None:
    found = survey([troubled(number) for number in range(count)], manages=manages)

    view = drawn(found)

    more = f"and {count - MOST_CARDS} more ({count - MOST_CARDS} inactive). `/autotask status NAME`"
    assert (more in words(view)) == (count > MOST_CARDS)
    assert len(view["blocks"]) > (90 if count > MOST_CARDS else 10)


def test_the_banner_says_everything_that_is_wrong_and_how_to_mend_it() -> None:
    said = words(drawn(survey([troubled(1)], manages=True)))

    for part in (
        "66 alerts have reached nobody.",
        "7 more reasons",
        "Nobody would hear of it",
        "Slack takes no message from this app* since <!date",
        "(missing_scope: chat:write). Have the app installed anew",
        "*I cannot post in <#C3>* since <!date",
        "and 5 more places that take nothing",
        "Nobody has been watching Autotask since <!date",
    ):
        assert part in said


def test_where_nothing_is_wrong_there_is_no_banner() -> None:
    accepted = an_accepted()
    fine = Overview(accepted.connection, accepted.watch, accepted.quota, None)

    view = drawn(Survey([fine], manages=True, check_interval=300))

    assert view["blocks"][0]["text"]["text"] == "1 connection, active"
    assert "Checked every 5 min" in words(view)


def test_after_a_failed_check_it_says_how_many_and_why() -> None:
    accepted = an_accepted()
    watch = replace(accepted.watch, status=Status.SUSPECT, seen=Seen.UNREACHABLE, streak=1)
    id_, why = accepted.connection.id, suspicion(watch, Policy(outage_retries=(30, 60)))
    found = Survey([Overview(accepted.connection, watch, None, None)], True, 300)

    said = words(drawn(replace(found, suspected={id_: why})))

    assert "*Active, rechecking*: 1 of 3 checks failed: Autotask could not be reached," in said


def test_the_last_hours_and_the_bot_itself_are_told_where_all_is_well() -> None:
    accepted = an_accepted()
    found = Survey([Overview(accepted.connection, accepted.watch, None, None)], True, 300)

    well, ill = words(drawn(found)), words(drawn(found, Health(NOW, True, True)))

    assert f"`{'▄' * 24}` last 24 hours: worked for" in well
    assert "The bot: checks on time, alerts delivered, running since <!date" in well
    assert "The bot: checks are late, alerts wait for Slack, running since <!date" in ill


@pytest.mark.parametrize("manages", [True, False])
def test_the_last_step_stays_until_an_alert_goes_to_a_channel(*, manages: bool) -> None:
    accepted = an_accepted()
    unheard = replace(accepted.connection, channel=None)
    found = Survey([Overview(unheard, accepted.watch, None, None)], manages, 300)
    done = Survey([Overview(accepted.connection, accepted.watch, None, None)], manages, 300)

    assert ("☐  *3. Choose where alerts go:*" in words(drawn(found))) == manages
    assert "Choose where alerts go" not in words(drawn(done))


def test_who_may_not_look_may_read_the_guide_and_the_help() -> None:
    view = checked_view(closed_view("Not for you.").to_dict(), HOME)

    assert [each["action_id"] for each in view["blocks"][-1]["elements"]] == [HELP, GUIDE]


def test_an_acknowledged_incident_shows_by_whom_and_is_not_offered_again() -> None:
    said = words(drawn(Survey([troubled(1, acknowledged_by="U2")], False, 300)))

    assert "*Acknowledged* by <@U2>" in said
    assert "incident.acknowledge" not in said
    assert "incident.snooze" in said
