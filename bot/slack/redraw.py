"""Draw an open modal anew, unless somebody else was quicker."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from bot.slack.outcomes import code_of
from bot.slack.request import Request

_TOO_LATE = ("hash_conflict", "not_found")


async def redraw(request: Request, view: View | dict[str, Any], *, expected: str) -> str | None:
    """Put `view` in the place of the one that was pressed or typed in, if that is still the one
    with the hash `expected`. Returns the new hash; None where it was drawn anew meanwhile, was
    submitted, or is closed: then whatever is there now is newer. Raises SlackApiError otherwise.
    """
    view_id = str((request.view or {}).get("id"))
    try:
        drawn = await request.client.views_update(view_id=view_id, hash=expected, view=view)
    except SlackApiError as error:
        if code_of(error) in _TOO_LATE:
            return None
        raise
    return str(drawn["view"]["hash"])
