"""How the app is told: acknowledgements, several sockets, disconnection, events sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from tests.sandbox.slack.apps import button, free_port, modal, row, served_by, typed
from tests.sandbox.slack.town import DEADLINE, Town, opened

Json = dict[str, Any]


@asynccontextmanager
async def plugged(town: Town) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare socket, after its hello."""
    url = (await town.call("apps.connections.open", token=town.at["app_token"]))["url"]
    async with town.session.ws_connect(url) as line:
        hello = await line.receive_json(timeout=DEADLINE)
        assert hello["type"] == "hello"
        yield line


async def command(town: Town, text: str = "/autotask status") -> Json:
    return await town.alice.do("say", channel=await town.alice.channel("general"), text=text)


async def test_nobody_connected_is_said_to_the_person(town: Town) -> None:
    async with town.alice.watching():
        assert await command(town) == {"ok": True}

        failed = await town.alice.hears("failed")
        assert failed["text"] == (
            "/autotask failed because the app cannot be reached (dispatch_failed)."
        )


async def test_no_acknowledgement_in_time_is_said_to_the_person() -> None:
    async with opened(patience=0.05) as town, plugged(town), town.alice.watching():
        await command(town)

        failed = await town.alice.hears("failed")
        assert "did not respond in time" in failed["text"]


async def test_an_envelope_carries_what_slack_sends(town: Town) -> None:
    async with plugged(town) as line:
        saying = asyncio.create_task(command(town, "/autotask test a & b"))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"]})
        await saying

    payload = envelope["payload"]
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert (payload["command"], payload["text"]) == ("/autotask", "test a &amp; b")
    assert payload["user_id"] == town.alice.id
    assert payload["is_enterprise_install"] == "false"


async def test_any_of_several_sockets_is_used_and_any_may_acknowledge(town: Town) -> None:
    async with plugged(town) as one, plugged(town) as other:
        used = []
        for line, back in ((one, other), (other, one)):
            saying = asyncio.create_task(command(town))
            envelope = await line.receive_json(timeout=DEADLINE)
            await back.send_json({"envelope_id": envelope["envelope_id"]})
            await saying
            used.append(envelope["envelope_id"])

    assert len(set(used)) == 2


async def test_an_address_is_good_for_one_connection(town: Town) -> None:
    url = (await town.call("apps.connections.open", token=town.at["app_token"]))["url"]
    async with (
        town.session.ws_connect(url),
        town.session.get(url.replace("ws://", "http://")) as again,
    ):
        assert again.status == 408


async def test_an_eleventh_socket_is_sent_away(town: Town) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(plugged(town))
        url = (await town.call("apps.connections.open", token=town.at["app_token"]))["url"]
        line = await stack.enter_async_context(town.session.ws_connect(url))

        frame = await line.receive_json(timeout=DEADLINE)
        assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")


async def test_a_disconnect_frame_comes_on_demand_and_a_line_may_break(town: Town) -> None:
    async with plugged(town) as line:
        await town.alice.do("workspace", do="disconnect_socket", reason="link_disabled")
        frame = await line.receive_json(timeout=DEADLINE)
        assert (frame["type"], frame["reason"]) == ("disconnect", "link_disabled")

        await town.alice.do("workspace", do="disconnect_socket", reason="drop")
        assert (await line.receive(timeout=DEADLINE)).type is aiohttp.WSMsgType.CLOSE
        assert not (await town.alice.get("state"))["app"]["connected"]


async def test_an_event_is_sent_again_until_it_is_acknowledged() -> None:
    async with opened(patience=0.02, retry_delays=(0.0, 0.0, 0.0)) as town, plugged(town) as line:
        await town.alice.do("home")
        first, again, last = [await line.receive_json(timeout=DEADLINE) for _ in range(3)]
        await line.send_json({"envelope_id": last["envelope_id"]})

    assert [each["retry_attempt"] for each in (first, again, last)] == [0, 1, 2]
    assert (first["retry_reason"], again["retry_reason"]) == ("", "http_timeout")
    assert first["payload"]["event_id"] == last["payload"]["event_id"]
    assert first["payload"]["event"]["type"] == "app_home_opened"


async def test_an_event_is_sent_again_over_http_with_its_headers() -> None:
    heard: asyncio.Queue[web.BaseRequest] = asyncio.Queue()

    async def fail(request: web.Request) -> web.Response:
        heard.put_nowait(request)
        return web.Response(status=500)

    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    async with served_by(fail, port), opened(request_url=url, retry_delays=(0.0,)) as town:
        await town.alice.do("home")
        first, again = [await asyncio.wait_for(heard.get(), DEADLINE) for _ in range(2)]

    assert "X-Slack-Retry-Num" not in first.headers
    assert again.headers["X-Slack-Retry-Num"] == "1"
    assert again.headers["X-Slack-Retry-Reason"] == "http_error"


async def test_events_beyond_the_scopes_are_not_sent() -> None:
    async with opened(scopes=("channels:read", "chat:write")) as town, plugged(town) as line:
        general, ops = await town.alice.channel("general"), await town.alice.channel("ops")
        for channel in (ops, general):
            await town.alice.do("workspace", do="add_bot", channel=channel)
            await town.alice.do("workspace", do="archive", channel=channel)

        heard = [(await line.receive_json(timeout=DEADLINE))["payload"]["event"] for _ in range(2)]
        assert {(each["type"], each["channel"]) for each in heard} == {
            ("member_joined_channel", general),
            ("channel_archive", general),
        }


async def test_an_uninstalled_app_is_told_and_its_token_is_revoked(town: Town) -> None:
    async with plugged(town) as line:
        await town.alice.do("workspace", do="uninstall")
        events = [(await line.receive_json(timeout=DEADLINE))["payload"] for _ in range(2)]

    assert {each["event"]["type"] for each in events} == {"tokens_revoked", "app_uninstalled"}
    assert (await town.call("auth.test"))["error"] == "token_revoked"


async def test_an_app_that_errs_over_http_is_said_to_the_person() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    async with opened(request_url=url) as town, town.alice.watching():
        view = await town.view(modal(typed("a", initial_value="x")))

        answer = await town.alice.do("submit", view_id=view["id"])

        assert answer["error"] == "We had some trouble connecting. Try again? (dispatch_failed)"
        assert len(await town.alice.stack()) == 1


async def test_a_closed_view_is_told_where_it_was_asked_for(town: Town) -> None:
    async with plugged(town) as line:
        for notify in (False, True):
            view = await town.view(modal(typed("a"), notify_on_close=notify))
            await town.alice.do("close", view_id=view["id"])

        payload = (await line.receive_json(timeout=DEADLINE))["payload"]
        assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
        assert payload["view"]["id"] == view["id"]


async def test_a_press_in_a_view_carries_its_whole_state(town: Town) -> None:
    view = await town.view(modal(typed("name", initial_value="EU"), row(button(value="42"))))
    async with plugged(town) as line:
        place = {"container": {"view_id": view["id"]}, "block_id": "row"}
        pressing = asyncio.create_task(town.alice.do("press", **place, action_id="pressed"))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"]})
        assert await pressing == {"ok": True}

    payload = envelope["payload"]
    assert payload["view"]["state"]["values"]["name"]["value"]["value"] == "EU"
    assert (payload["actions"][0]["value"], payload["actions"][0]["type"]) == ("42", "button")
    assert payload["container"] == {"type": "view", "view_id": view["id"]}


async def test_a_strangers_press_names_the_team_they_belong_to(town: Town) -> None:
    partners = await town.stan.channel("partners")
    blocks = [row(button())]
    posted = await town.client.chat_postMessage(channel=partners, text="Hi", blocks=blocks)
    place = {"channel": partners, "ts": posted["ts"]}
    async with plugged(town) as line:
        where = {"container": place, "block_id": "row", "action_id": "pressed"}
        pressing = asyncio.create_task(town.stan.do("press", **where))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"]})
        await pressing

    payload = envelope["payload"]
    assert payload["user"]["id"] == town.stan.id
    assert payload["user"]["team_id"] != payload["team"]["id"]
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == posted["ts"]
