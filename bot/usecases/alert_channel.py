"""Where the alerts of a new connection go. They name customers: to a channel in which another
organisation reads, they go only where somebody has chosen it.

The channel in which the command was typed is nobody's choice. Slack's picker starts with it, and
leaves shared channels out; so where the picker shows it, it may be taken unless it is known to be
shared, and where the picker is empty only if it is known not to be.
"""

from dataclasses import dataclass

from bot.domain.sending import Welcome
from bot.usecases.ports import Ports

READ_ALONG = "People of another organisation read there, and alerts name customers."


@dataclass(frozen=True, slots=True)
class AlertChannel:
    """What Slack has said of the channels that were meant."""

    channel: str | None
    """None: to the person who connects."""
    left_out: str | None = None
    """The channel in which the command was typed, where it may not be taken unasked."""
    shared: bool = False
    """Whether another organisation is known to read in the one or the other."""


async def alert_channel(ports: Ports, picked: str | None, typed_in: str | None) -> AlertChannel:
    """`picked` is what the picker showed. Never raises for what Slack does."""
    meant = picked or typed_in
    if meant is None:
        return AlertChannel(None)
    seen = await ports.messenger.look(meant)
    shared = isinstance(seen, Welcome) and seen.shared
    ours = isinstance(seen, Welcome) and not seen.shared
    chosen = picked is not None and picked != typed_in
    if chosen or ours or (picked and not shared):
        return AlertChannel(meant, shared=shared)
    return AlertChannel(None, left_out=meant, shared=shared)
