"""Events: what the app is told of without anybody waiting for its answer."""

from bot.sandbox.slack import payloads
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.delivery import Kind
from bot.sandbox.slack.documents import Json


def announce(cloud: Cloud, name: str, inner: Json) -> None:
    """Send it, if the app is subscribed to `name` and has the scope for it."""
    if cloud.installation.hears(name):
        cloud.courier.announce(Kind.EVENT, payloads.event(cloud, {"type": name, **inner}))


def announce_membership(cloud: Cloud, channel: Channel, what: str) -> None:
    """The app's own coming or going: `joined` or `left`."""
    private = channel.kind == "private"
    if cloud.installation.may("groups:read" if private else "channels:read"):
        announce(
            cloud,
            f"member_{what}_channel",
            {
                "user": cloud.installation.bot.id,
                "channel": channel.id,
                "channel_type": "G" if private else "C",
                "team": cloud.workspace.team_id,
            },
        )
