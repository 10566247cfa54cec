"""What the app's token may do here: optional permissions are granted, or not, by each workspace."""

from collections.abc import Collection

from slack_sdk.web.async_client import AsyncWebClient

READ = ("channels:read", "groups:read")


async def may(client: AsyncWebClient, any_of: Collection[str]) -> bool:
    """Whether the token has one of these scopes, by what Slack says of it with every answer
    (docs.slack.dev, OAuth scopes); where it does not say, a call would tell. Asked beforehand, so
    that nothing is tried that is bound to be refused."""
    headers = (await client.auth_test()).headers
    granted = [value for name, value in headers.items() if name.lower() == "x-oauth-scopes"]
    return not granted or not set(any_of).isdisjoint(granted[0].replace(" ", "").split(","))
