"""conversations.*: looking at channels, joining them, reading what was said."""

from typing import Any

import aiohttp
import pytest

from tests.sandbox.slack.town import Town, opened

READER = ("chat:write", "chat:write.public", "channels:read", "channels:history", "channels:join")


async def test_looking_wants_the_scope_for_the_kind_of_channel(town: Town) -> None:
    ops = await town.alice.channel("ops")

    answer = await town.call("conversations.info", channel=ops)

    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


async def test_a_channel_says_whether_it_is_archived_and_shared() -> None:
    async with opened(scopes=READER) as town:
        partners = await town.alice.channel("partners")
        await town.alice.do("workspace", do="archive", channel=partners)

        channel = (await town.call("conversations.info", channel=partners))["channel"]

        assert channel["is_archived"]
        assert channel["is_ext_shared"]
        assert not channel["is_member"]


async def test_history_is_newest_first_with_metadata_on_demand() -> None:
    async with opened(scopes=READER) as town:
        alerts = await town.alice.channel("alerts")
        await town.call("conversations.join", channel=alerts)
        metadata = {"event_type": "autotask_alert", "event_payload": {"k": "1"}}
        for text in ("One", "Two", "Three"):
            await town.call("chat.postMessage", channel=alerts, text=text, metadata=metadata)

        bare = await town.client.conversations_history(channel=alerts, limit=2)
        full = await town.client.conversations_history(channel=alerts, include_all_metadata=True)

        assert [each["text"] for each in bare["messages"]] == ["Three", "Two"]
        assert bare["has_more"]
        assert "metadata" not in bare["messages"][0]
        assert full["messages"][0]["metadata"] == metadata


async def test_history_has_those_replies_that_stand_in_the_channel() -> None:
    async with opened(scopes=("channels:history", "chat:write")) as town:
        general = await town.alice.channel("general")
        await town.alice.do("workspace", do="add_bot", channel=general)
        root = await town.call("chat.postMessage", channel=general, text="Down")
        for text, broadcast in (("Still down", False), ("Up again", True)):
            said: dict[str, Any] = {
                "channel": general,
                "text": text,
                "reply_broadcast": broadcast,
            }
            await town.call("chat.postMessage", **said, thread_ts=root["ts"])

        found = (await town.call("conversations.history", channel=general))["messages"]
        below = (await town.call("conversations.replies", channel=general, ts=root["ts"]))[
            "messages"
        ]

    assert [each["text"] for each in found] == ["Up again", "Down"]
    assert [each["text"] for each in below] == ["Down", "Still down", "Up again"]


async def test_history_can_be_narrowed_to_a_span() -> None:
    async with opened(scopes=READER) as town:
        await town.call("conversations.join", channel=await town.alice.channel("alerts"))
        sent = [await town.client.chat_postMessage(channel="#alerts", text=text) for text in "abc"]

        span = {"oldest": sent[0]["ts"], "latest": sent[2]["ts"]}
        inner = await town.client.conversations_history(channel=sent[0]["channel"], **span)
        whole = await town.client.conversations_history(
            channel=sent[0]["channel"], **span, inclusive=True
        )

        assert [each["text"] for each in inner["messages"]] == ["b"]
        assert [each["text"] for each in whole["messages"]] == ["c", "b", "a"]


async def test_history_wants_membership_and_numbers() -> None:
    async with opened(scopes=READER) as town:
        alerts = await town.alice.channel("alerts")
        absent = await town.call("conversations.history", channel=alerts)
        await town.call("conversations.join", channel=alerts)
        many = await town.call("conversations.history", channel=alerts, limit="many")

        assert absent["error"] == "not_in_channel"
        assert many["error"] == "invalid_arguments"


async def test_only_open_public_channels_are_joined() -> None:
    async with opened(scopes=("channels:join", "im:write")) as town:
        direct = (await town.call("conversations.open", users=town.bob.id))["channel"]["id"]
        alerts = await town.alice.channel("alerts")
        await town.alice.do("workspace", do="archive", channel=alerts)

        errors = [
            (await town.call("conversations.join", channel=channel))["error"]
            for channel in (direct, alerts, await town.alice.channel("ops"))
        ]

        assert errors == [
            "method_not_supported_for_channel_type",
            "is_archived",
            "channel_not_found",
        ]


async def test_a_direct_message_is_opened_once(town: Town) -> None:
    first = await town.client.conversations_open(users=town.bob.id)
    again = await town.client.conversations_open(users=[town.bob.id], return_im=True)

    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["channel"]["user"] == town.bob.id
    bot = (await town.alice.get("state"))["app"]["bot_user_id"]
    assert (await town.call("conversations.open", users=bot))["error"] == "cannot_dm_bot"
    assert (await town.call("conversations.open", users="U0"))["error"] == "user_not_found"


async def test_a_thread_is_read_root_first_with_metadata_on_demand() -> None:
    async with opened(scopes=READER) as town:
        alerts = await town.alice.channel("alerts")
        await town.call("conversations.join", channel=alerts)
        metadata = {"event_type": "autotask_alert", "event_payload": {"k": "1"}}
        root = (await town.call("chat.postMessage", channel=alerts, text="Root"))["ts"]
        for text in ("One", "Two"):
            below = {"channel": alerts, "thread_ts": root, "metadata": metadata}
            await town.call("chat.postMessage", text=text, **below)

        thread = await town.client.conversations_replies(
            channel=alerts, ts=root, include_all_metadata=True
        )
        missing = await town.call("conversations.replies", channel=alerts, ts="1.0")

        assert [each["text"] for each in thread["messages"]] == ["Root", "One", "Two"]
        assert thread["messages"][2]["metadata"] == metadata
        assert missing["error"] == "thread_not_found"


async def test_what_does_not_fit_on_a_page_is_on_the_next() -> None:
    async with opened(scopes=READER) as town:
        alerts = await town.alice.channel("alerts")
        await town.call("conversations.join", channel=alerts)
        for text in "abcde":
            await town.call("chat.postMessage", channel=alerts, text=text)

        seen, cursor = [], ""
        for _ in range(3):
            page = await town.call("conversations.history", channel=alerts, limit=2, cursor=cursor)
            seen += [each["text"] for each in page["messages"]]
            cursor = page.get("response_metadata", {}).get("next_cursor", "")

        assert (seen, cursor) == (["e", "d", "c", "b", "a"], "")
        wrong = await town.call("conversations.history", channel=alerts, cursor="?")
        assert wrong["error"] == "invalid_cursor"


async def test_a_channel_made_private_is_out_of_sight() -> None:
    async with opened(scopes=READER) as town:
        alerts = await town.alice.channel("alerts")
        await town.alice.do("workspace", do="make_private", channel=alerts)

        answer = await town.call("chat.postMessage", channel=alerts, text="Hello")

        assert answer["error"] == "channel_not_found"


@pytest.mark.parametrize("kind", ["error", "drop"])
async def test_a_mishap_takes_the_message_and_says_nothing(town: Town, kind: str) -> None:
    alerts = await town.alice.channel("alerts")
    await town.alice.do("workspace", do="mishap", kind=kind)

    with pytest.raises(aiohttp.ClientError):
        await town.call("chat.postMessage", channel=alerts, text="Lost?")
    await town.client.chat_postMessage(channel=alerts, text="Fine")

    assert [each["text"] for each in await town.alice.messages(alerts)] == ["Lost?", "Fine"]
    nonsense = await town.alice.do("workspace", do="mishap", kind="nonsense")
    assert "error" in nonsense
