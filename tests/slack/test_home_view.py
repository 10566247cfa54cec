"""The Home tab as it is drawn: whatever there is to show, Slack takes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.destination import Detour
from bot.domain.incident import Incident
from bot.domain.observation import Cause
from bot.domain.status import Status
from bot.domain.uptime import Tally, Uptime
from bot.sandbox.slack.elements import HOME
from bot.sandbox.slack.view_rules import checked_view
from bot.slack.home import MOST_CARDS, home_view
from bot.usecases.ports import Overview, Suspended
from bot.usecases.survey import Survey
from tests.end_to_end.player import Json, words
from tests.store.cast import NOW, an_accepted, opened

WORKED = Uptime(month=Tally(ok=timedelta(days=29), failed=timedelta(days=1)))


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


def drawn(found: Survey) -> Json:
    """As the strict Slack takes it."""
    uptime = {each.connection.id: WORKED for each in found.overviews}
    return checked_view(home_view(found, uptime).to_dict(), HOME)


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


def test_an_acknowledged_incident_shows_by_whom_and_is_not_offered_again() -> None:
    said = words(drawn(Survey([troubled(1, acknowledged_by="U2")], False, 300)))

    assert "*Acknowledged* by <@U2>" in said
    assert "incident.acknowledge" not in said
    assert "incident.snooze" in said
