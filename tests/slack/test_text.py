"""The words on screen: other people's text is harmless, moments are in the reader's own time."""

import math
from datetime import UTC, datetime

from bot.domain.stamps import stamp
from bot.slack.text import plain_sentence, portions

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_stamp_in_a_sentence_becomes_a_time_of_the_reader_s() -> None:
    shown = plain_sentence(f"Not watched since {stamp(NOON)}.")

    assert shown == (
        "Not watched since <!date^1767355200^{date_short_pretty} at {time}|2026-01-02 12:00 UTC>."
    )


def test_what_others_wrote_mentions_nobody() -> None:
    assert plain_sentence("<!channel> & co") == "&lt;!channel&gt; &amp; co"


def test_a_long_text_is_told_in_portions_that_lose_nothing_and_tear_no_mention() -> None:
    mention = "<!date^1772443860^{date_short_pretty} at {time}|2026-03-02 09:31 UTC>"
    text = "\n".join(f"Line {number}, {mention}, *bold* and on." for number in range(200))

    told = portions(text)

    assert "".join(told) == text
    assert max(map(len, told)) <= 3_000
    assert len(told) == math.ceil(len(text) / 2_950)
    assert all(each.count("<") == each.count(">") for each in told)


def test_what_has_no_end_is_torn_all_the_same() -> None:
    told = portions("x" * 7_000)

    assert "".join(told) == "x" * 7_000
    assert max(map(len, told)) <= 3_000
