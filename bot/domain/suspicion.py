"""Why an active connection is looked at again, in words: one failed check proves nothing yet."""

from bot.domain.observation import Seen
from bot.domain.policy import Policy
from bot.domain.status import Status, Watch

_WHAT = {
    Seen.REJECTED: "the sign-in was refused",
    Seen.FORBIDDEN: "a permission is missing",
    Seen.UNREACHABLE: "Autotask could not be reached",
    Seen.SERVER_ERROR: "Autotask answered with an error",
}


def suspicion(watch: Watch, policy: Policy) -> str:
    """Such as "1 of 3 checks failed: Autotask could not be reached"; empty where nothing is
    suspected. `policy` is the connection's own."""
    if watch.status is not Status.SUSPECT or watch.seen not in _WHAT:
        return ""
    outage = watch.seen in (Seen.UNREACHABLE, Seen.SERVER_ERROR)
    enough = 1 + len(policy.outage_retries) if outage else 2
    return f"{watch.streak} of {enough} checks failed: {_WHAT[watch.seen]}"
