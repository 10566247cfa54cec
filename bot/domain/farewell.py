"""What disconnecting does, in words: what is gone, what is kept, and what is left to do."""

from bot.domain.diagnosis import API_USER_PAGE

CANNOT_BE_UNDONE = (
    "Its stored credentials are erased, and nobody is told any more when it stops working. That "
    "cannot be undone here: to connect again, all of the values have to be typed again. The API "
    "user in Autotask stays as it is."
)


def farewell(*, incident_closed: bool) -> dict[str, str]:
    """A word for each thing, and the sentence about it."""
    open_one = " The incident that was open is closed." if incident_closed else ""
    return {
        "Gone": "the encrypted credentials (username, secret, integration code) are erased from "
        "the database. Backups made before still hold them, encrypted.",
        "No longer watched": f"no check signs in any more, and no alert comes.{open_one}",
        "Kept": "its name, company and zone, who connected it and where its alerts went, uptime "
        "for 400 days and incidents for good. No credential is among it.",
        "Left to do in Autotask": "the API user still exists and can sign in. If nothing else uses "
        f"it, make it inactive: {API_USER_PAGE}.",
    }
