"""What a check means for the books of failed logins."""

from dataclasses import replace

import pytest

from bot.domain.observation import Cause, Observation, Seen

DOWN = Observation(Seen.UNREACHABLE, Cause.TIME_OUT)


@pytest.mark.parametrize(
    ("seen", "doubted", "believed_good"),
    [
        (DOWN, None, None),
        (replace(DOWN, unanswered=1), 1, None),
        (replace(DOWN, unanswered=1, accepted=True), 0, 0),
        (replace(DOWN, refused=1), 1, 1),
        (replace(DOWN, refused=1, unanswered=1), 2, 2),
        (replace(DOWN, refused=1, accepted=True), 1, 1),
        (Observation(Seen.OK, unanswered=1), 0, 0),
        (Observation(Seen.FORBIDDEN, Cause.PERMISSION_MISSING), 0, 0),
    ],
)
def test_a_sign_in_without_an_answer_may_have_been_refused_unless_believed_good(
    seen: Observation, doubted: int | None, believed_good: int | None
) -> None:
    assert seen.refusals(believed_good=False) == doubted
    assert seen.refusals(believed_good=True) == believed_good
