"""What the app's token may do here: optional permissions are granted, or not, by each workspace."""

from collections.abc import Collection, Mapping

from slack_sdk.web.async_client import AsyncWebClient

READ = ("channels:read", "groups:read")
HISTORY = frozenset({"channels:history", "groups:history", "im:history"})
"""For looking whether an alert has arrived."""


async def may(client: AsyncWebClient, any_of: Collection[str]) -> bool:
    """Whether the token has one of these scopes, by what Slack says of it with every answer
    (docs.slack.dev, OAuth scopes); where it does not say, a call would tell. Asked beforehand, so
    that nothing is tried that is bound to be refused."""
    scopes = granted((await client.auth_test()).headers)
    return scopes is None or not scopes.isdisjoint(any_of)


def granted(headers: Mapping[str, str]) -> frozenset[str] | None:
    """By the headers of any answer; None where it does not say."""
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            return frozenset(value.replace(" ", "").split(","))
    return None
