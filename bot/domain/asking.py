"""What a check asks beside the sign-in, and when: each costs a request of what all share."""

from datetime import datetime, timedelta

from bot.domain.observation import Cause, Seen
from bot.domain.policy import Policy
from bot.domain.status import Watch


def permission_due(watch: Watch, *, now: datetime, policy: Policy) -> bool:
    """Whether this check also asks what the user may read: now and then, and until it is settled.

    It costs a second request, and the bot stays under 20 an hour and connection.
    """
    unsettled = watch.seen is Seen.FORBIDDEN or watch.cause is Cause.PERMISSION_MISSING
    if unsettled or watch.permission_asked_at is None:
        return True
    return now - watch.permission_asked_at >= timedelta(seconds=policy.permission_interval)


def zone_due(watch: Watch, *, now: datetime, policy: Policy) -> bool:
    """Whether this check also asks where the user's database is: once a day, and it costs nothing.

    A database that has moved is thus found even while the old zone still answers.
    """
    asked_at = watch.zone_asked_at
    return asked_at is None or now - asked_at >= timedelta(seconds=policy.zone_interval)
