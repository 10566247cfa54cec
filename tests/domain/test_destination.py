"""What people are told of a place that takes nothing, and of alerts that reached nobody."""

from datetime import UTC, datetime

import pytest

from bot.domain.destination import Detour, detour_sentence, reached_nobody, unheard_sentence
from bot.slack.text import plain_sentence
from tests.store.cast import an_accepted

SINCE = datetime(2026, 3, 1, 9, tzinfo=UTC)
CONNECTIONS = [an_accepted(name).connection for name in ("Autotask", "EU")]


def test_a_detour_says_where_why_since_when_where_to_and_what_to_do() -> None:
    detour = Detour("C1", "is_archived", SINCE, CONNECTIONS, ["U1", "U0"])

    assert plain_sentence(detour_sentence(detour)) == (
        "*I cannot post in <#C1>* since <!date^1772355600^{date_short_pretty} at {time}|2026-03-01 "
        "09:00 UTC>: it is archived. Alerts about Autotask (Example MSP) and EU (Example MSP) go "
        "to <@U1> and <@U0> meanwhile. Unarchive it, or choose another channel with `/autotask "
        "alerts`. I go on by myself once it works again."
    )


def test_a_person_who_is_gone_and_whom_no_alert_passes_by_is_said_to_be_so() -> None:
    said = detour_sentence(Detour("U1", "user_disabled", SINCE, [], []))

    assert plain_sentence(said).startswith("*I cannot send direct messages to <@U1>* since")
    assert "meanwhile" not in said


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        ("C1 is_archived", "<#C1>: it is archived"),
        (
            "no destination is left (C1 channel_not_found; U1 user_disabled)",
            "<#C1>: it was deleted or made private, or I was removed from it; <@U1>: that person's "
            "account is deactivated",
        ),
        ("no destination is left ()", "nobody is named who could be told"),
        ("a day has passed (TimeoutError)", "Slack did not take it for a day (TimeoutError)"),
        ("", "nobody is named who could be told"),
    ],
)
def test_why_an_alert_reached_nobody_is_said_in_words(noted: str, said: str) -> None:
    assert plain_sentence(reached_nobody(noted)) == said


def test_connections_that_nobody_hears_of_are_named() -> None:
    assert "if Autotask (Example MSP) and EU (Example MSP) stopped" in unheard_sentence(CONNECTIONS)
