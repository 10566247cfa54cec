"""What /healthz looks at."""

from pathlib import Path

from slack_bolt.async_app import AsyncApp

from bot.app import _healthy
from bot.domain.secret import Secret
from bot.scheduler import Scheduler
from bot.slack.client import open_client
from bot.slack.socket import AWAY, Socket
from bot.store.database import Database


async def test_a_bot_that_slack_has_not_reached_for_two_minutes_is_not_healthy(
    tmp_path: Path,
) -> None:
    moment = 0.0
    database = Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    async with open_client(Secret("xoxb-made-up"), api_url="http://127.0.0.1:9/api/") as client:
        app = AsyncApp(client=client, request_verification_enabled=False)
        socket = Socket(app, Secret("xapp-made-up"), monotonic=lambda: moment)

        assert await _healthy(database, Scheduler({}), socket)
        moment = AWAY + 1
        assert not await _healthy(database, Scheduler({}), socket)
        assert await _healthy(database, Scheduler({}), None)
        await socket.close()
    await database.close()
