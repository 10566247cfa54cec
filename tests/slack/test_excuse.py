"""What a person is told when something was not done: a reference that is told is in the log."""

import io
import json
import logging
import re

import pytest
from slack_sdk.errors import SlackApiError

from bot.domain.errors import BadInput, NotAllowed, SlackUnavailable, StoreUnavailable
from bot.slack.excuse import excuse


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable("The database is away."),
        SlackUnavailable(),
        RuntimeError("a canary that nobody may read"),
        SlackApiError("late", {"error": "expired_trigger_id"}),  # type: ignore[no-untyped-call]
    ],
)
@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
def test_a_reference_that_is_told_is_in_the_log_whatever_its_level(
    error: Exception, level: str, log: io.StringIO
) -> None:
    logging.getLogger("bot").setLevel(level)  # as `telemetry.set_up` does

    told = excuse(error)

    reference = re.search(r"ATX-[0-9A-F]{4}", told)
    assert reference, told
    (record,) = [json.loads(each) for each in log.getvalue().splitlines()]
    assert (record["reference"], record["level"]) == (reference[0], "error")
    assert type(error).__name__ in record["exception"]
    assert "canary" not in told


@pytest.mark.parametrize("error", [BadInput("No."), NotAllowed("Not you.")])
def test_what_says_it_all_needs_no_reference(error: Exception, log: io.StringIO) -> None:
    assert "ATX-" not in excuse(error)
    assert log.getvalue() == ""
