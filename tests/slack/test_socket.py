"""Socket Mode comes back by itself, whatever happens to the line."""

from slack_bolt.async_app import AsyncApp

from bot.domain.secret import Secret
from bot.sandbox.slack import SlackWorld
from bot.slack.client import open_client
from bot.slack.socket import Socket
from tests.end_to_end.player import eventually


async def test_after_a_failed_reconnection_a_fresh_address_is_asked_for() -> None:
    """slack_sdk itself tries the used-up one for ever (python-slack-sdk issue 1446)."""
    slack = SlackWorld()
    await slack.start(0)
    chat = slack.announcement()
    async with open_client(Secret(chat["bot_token"]), api_url=chat["api_url"]) as client:
        socket = Socket(
            AsyncApp(client=client, request_verification_enabled=False), Secret(chat["app_token"])
        )
        await socket.open()
        await slack.app_connected()
        port = int(chat["page_url"].rstrip("/").rpartition(":")[2])

        async def lost() -> bool:
            return not await socket.connected()

        await slack.stop()
        await eventually(lost)
        await slack.start(port)
        await eventually(socket.connected)

        await socket.close()
        await slack.stop()
