"""`serve`, configured by hand, against worlds that run alone: as with any Slack and Autotask."""

from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.player import Player
from tests.end_to_end.process import free_port, run, serving, settings_for, world


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_the_whole_story_over_either_transport_leaves_no_value_anywhere(
    tmp_path: Path, transport: str
) -> None:
    port = free_port()
    way = ["--request-url", f"http://127.0.0.1:{port}/slack/events"] if transport == "http" else []
    assert (await run(tmp_path, "keys", "new", "--file", "bot.key"))[0] == 0
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(world(tmp_path, "autotask"))
        chat = await stack.enter_async_context(world(tmp_path, "slack", *way))
        token = (
            {"SLACK_SIGNING_SECRET": chat["signing_secret"], "HTTP_PORT": str(port)}
            if transport == "http"
            else {"SLACK_APP_TOKEN": chat["app_token"]}
        )
        await stack.enter_async_context(serving(tmp_path, **settings_for(chat, found, **token)))
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=chat["page_url"], timeout=10)
        )
        alice = await Player.arrive(http)
        values = {each: found[each] for each in ("integration_code", "secret", "username")}

        await alice.say("/autotask connect")
        await alice.submit(await alice.view("API Integration Code"), **values)
        await alice.view(f"connected to *{found['company_name']}*")
        user = {"username": found["username"]}
        await http.post(f"{found['base_url']}/panel/do", json={"do": "lock", **user})
        await alice.alert("credentials refused")
        await http.post(f"{found['base_url']}/panel/do", json={"do": "unlock", **user})
        await alice.press(await alice.alert("credentials refused"), "connection.test")
        await alice.alert("is *Active* again")

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    canaries = [*values.values(), chat["bot_token"], *token.values()]
    assert not [each for each in canaries if not each.isdigit() and each.encode() in written]
