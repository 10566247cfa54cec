"""chat.*: what may be said, where, and by which rules."""

from typing import Any

import pytest

from tests.sandbox.slack.apps import button, row
from tests.sandbox.slack.town import Town, opened


async def test_a_message_appears_for_everybody_in_the_channel(town: Town) -> None:
    async with town.bob.watching():
        posted = await town.client.chat_postMessage(channel="#alerts", text="Hello")

        heard = (await town.bob.hears("message"))["message"]
        assert (heard["ts"], heard["channel"]) == (posted["ts"], posted["channel"])
        assert await town.bob.messages(posted["channel"]) == [heard]


async def test_a_persons_id_opens_a_direct_message(town: Town) -> None:
    posted = await town.client.chat_postMessage(channel=town.bob.id, text="Hello")

    assert posted["channel"].startswith("D")
    assert [each["text"] for each in await town.bob.messages(posted["channel"])] == ["Hello"]
    assert posted["channel"] not in str(await town.alice.get("state"))


async def test_a_private_channel_is_unknown_until_the_bot_is_in(town: Town) -> None:
    ops = await town.alice.channel("ops")
    refused = await town.call("chat.postMessage", channel=ops, text="Hello")
    assert refused["error"] == "channel_not_found"

    await town.alice.do("workspace", do="add_bot", channel=ops)
    assert (await town.call("chat.postMessage", channel=ops, text="Hello"))["ok"]


async def test_a_public_channel_wants_membership_or_the_scope() -> None:
    async with opened(scopes=("chat:write", "channels:join")) as town:
        alerts = await town.alice.channel("alerts")
        refused = await town.call("chat.postMessage", channel=alerts, text="Hello")
        assert refused["error"] == "not_in_channel"

        assert (await town.call("conversations.join", channel=alerts))["channel"]["is_member"]
        assert (await town.call("chat.postMessage", channel=alerts, text="Hello"))["ok"]


async def test_an_archived_channel_takes_nothing(town: Town) -> None:
    posted = await town.client.chat_postMessage(channel="#alerts", text="Hello")
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    await town.alice.do("workspace", do="archive", channel=posted["channel"])

    refused = await town.call("chat.postMessage", channel=posted["channel"], text="Hello")
    assert refused["error"] == "is_archived"
    assert (await town.call("chat.update", **place, text="Hello"))["error"] == "is_inactive"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0", "text": "Hello"}, "channel_not_found"),
        ({"text": "Hello"}, "invalid_arguments"),
        ({"channel": "#general"}, "no_text"),
        ({"channel": "#general", "text": "Hi", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": "#general", "text": "Hi", "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": "#general", "text": "Hi", "blocks": {}}, "invalid_blocks"),
        ({"channel": "#general", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": "#general", "attachments": [{"color": "red"}]}, "invalid_attachments"),
        ({"channel": "#general", "text": "Hi", "metadata": {"k": 1}}, "invalid_metadata_format"),
        (
            {
                "channel": "#general",
                "text": "Hi",
                "metadata": {"event_type": "a", "event_payload": {"k": "x" * 9000}},
            },
            "metadata_too_large",
        ),
    ],
)
async def test_a_bad_message_is_refused(town: Town, arguments: dict[str, Any], error: str) -> None:
    assert (await town.call("chat.postMessage", **arguments))["error"] == error


async def test_more_than_forty_thousand_characters_are_cut(town: Town) -> None:
    answer = await town.call("chat.postMessage", channel="#general", text="x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000


async def test_a_message_without_text_is_warned_about(town: Town) -> None:
    blocks = [row(button())]
    answer = await town.call("chat.postMessage", channel="#general", blocks=blocks)

    assert answer["ok"]
    assert answer["warning"] == "missing_text"


async def test_text_alone_takes_blocks_away_and_marks_the_edit(town: Town) -> None:
    message: dict[str, Any] = {"text": "One", "attachments": [{"text": "Aside"}]}
    posted = await town.call("chat.postMessage", channel="#alerts", **message)
    place = {"channel": posted["channel"], "ts": posted["ts"]}

    await town.call("chat.update", **place, text="Two", blocks=[row(button())])
    assert not (await town.bob.messages(posted["channel"]))[0]["edited"]

    await town.call("chat.update", **place, text="Three")
    (shown,) = await town.bob.messages(posted["channel"])
    assert (shown["text"], shown["blocks"], shown["edited"]) == ("Three", [], True)
    assert shown["attachments"][0]["text"] == "Aside"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"ts": "1.2", "text": "Hi"}, "message_not_found"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"channel": "U0", "text": "Hi"}, "channel_not_found"),
    ],
)
async def test_a_bad_edit_is_refused(town: Town, arguments: dict[str, str], error: str) -> None:
    posted = await town.call("chat.postMessage", channel="#alerts", text="Hello")
    place = {"channel": posted["channel"], "ts": posted["ts"]}

    assert (await town.call("chat.update", **{**place, **arguments}))["error"] == error


async def test_other_peoples_messages_are_not_the_apps_to_change(town: Town) -> None:
    general = await town.alice.channel("general")
    await town.alice.do("say", channel=general, text="Mine")
    (mine,) = await town.alice.messages(general)
    place = {"channel": general, "ts": mine["ts"]}

    refused = await town.call("chat.update", **place, text="Yours")
    assert refused["error"] == "cant_update_message"
    assert (await town.call("chat.delete", **place))["error"] == "cant_delete_message"


async def test_a_deleted_message_is_gone_for_everybody(town: Town) -> None:
    posted = await town.client.chat_postMessage(channel="#alerts", text="Hello")
    async with town.bob.watching():
        await town.client.chat_delete(channel=posted["channel"], ts=posted["ts"])

        gone = await town.bob.hears("message_deleted")
        assert (gone["channel"], gone["ts"]) == (posted["channel"], posted["ts"])
        assert await town.bob.messages(posted["channel"]) == []


async def test_replies_stand_in_the_thread_of_the_root(town: Town) -> None:
    root = await town.client.chat_postMessage(channel="#alerts", text="Root")
    reply = await town.client.chat_postMessage(
        channel="#alerts", text="Reply", thread_ts=root["ts"]
    )
    await town.client.chat_postMessage(channel="#alerts", text="Again", thread_ts=reply["ts"])

    threads = [each["thread_ts"] for each in await town.bob.messages(root["channel"])]
    assert threads == [None, root["ts"], root["ts"]]


async def test_a_reply_can_be_shown_in_the_channel_too_and_stays_there(town: Town) -> None:
    alerts = await town.alice.channel("alerts")
    root = await town.call("chat.postMessage", channel=alerts, text="Down")
    said: dict[str, Any] = {"channel": alerts, "text": "Up again", "reply_broadcast": True}
    reply = await town.call("chat.postMessage", **said, thread_ts=root["ts"])
    alone = await town.call("chat.postMessage", **said)
    assert reply["message"]["subtype"] == "thread_broadcast"
    assert "subtype" not in alone["message"]

    await town.call("chat.update", channel=alerts, ts=reply["ts"], text="Up again, mended")

    shown = [each["broadcast"] for each in await town.alice.messages(alerts)]
    assert shown == [False, True, False]


async def test_an_ephemeral_message_is_for_one_member_and_cannot_be_edited(town: Town) -> None:
    general = await town.alice.channel("general")
    to_gail = {"channel": general, "user": town.gail.id, "text": "Psst"}
    posted = await town.call("chat.postEphemeral", **to_gail)

    assert [each["ephemeral"] for each in await town.gail.messages(general)] == [True]
    assert await town.alice.messages(general) == []
    edit = await town.call("chat.update", channel=general, ts=posted["message_ts"], text="Hi")
    assert edit["error"] == "message_not_found"


async def test_an_ephemeral_message_has_no_blocks_in_attachments(town: Town) -> None:
    general = await town.alice.channel("general")
    place = {"channel": general, "text": "Psst"}
    attachments = [{"blocks": [{"type": "divider"}]}]

    refused = await town.call(
        "chat.postEphemeral", **place, user=town.gail.id, attachments=attachments
    )
    assert refused["error"] == "invalid_attachments"
    absent = await town.call("chat.postEphemeral", **place, user=town.stan.id)
    assert absent["error"] == "user_not_in_channel"
