"""The words on screen: other people's text is harmless, moments are in the reader's own time."""

from datetime import UTC, datetime

from bot.domain.stamps import stamp
from bot.slack.text import plain_sentence

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_stamp_in_a_sentence_becomes_a_time_of_the_reader_s() -> None:
    shown = plain_sentence(f"Not watched since {stamp(NOON)}.")

    assert shown == (
        "Not watched since <!date^1767355200^{date_short_pretty} at {time}|2026-01-02 12:00 UTC>."
    )


def test_what_others_wrote_mentions_nobody() -> None:
    assert plain_sentence("<!channel> & co") == "&lt;!channel&gt; &amp; co"
