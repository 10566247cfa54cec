"""Uploads: in three steps, as strict as Slack's documents, with the unmodified SDK."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES
from tests.sandbox.slack.town import Town, opened

PNG = b"\x89PNG\r\n\x1a\n made up"
ALL = (*SCOPES, *OPTIONAL_SCOPES)


async def upload(town: Town, channel: str, **more: str) -> None:
    given: dict[str, Any] = {
        "filename": "week.png",
        "title": "A week",
        "alt_txt": "Six bars",
        **more,
    }
    await town.client.files_upload_v2(content=PNG, channel=channel, **given)


async def direct(town: Town) -> str:
    opened_im = await town.call("conversations.open", users=town.alice.id)
    return str(opened_im["channel"]["id"])


async def test_a_picture_stands_in_the_conversation_with_its_words() -> None:
    async with opened(scopes=ALL) as town:
        im = await direct(town)
        await upload(town, im, initial_comment="Look")

        (message,) = await town.alice.messages(im)
        (file,) = message["files"]
        assert (message["text"], file["title"], file["alt_txt"]) == ("Look", "A week", "Six bars")
        address = town.at["page_url"].rstrip("/") + file["url_private"]
        async with town.session.get(address) as answer:
            assert (answer.content_type, await answer.read()) == ("image/png", PNG)


async def test_without_the_scope_nothing_is_taken() -> None:
    async with opened(scopes=SCOPES) as town:
        with pytest.raises(SlackApiError, match="missing_scope"):
            await upload(town, await direct(town))


async def test_it_goes_only_where_the_app_is_and_a_person_s_id_is_no_place() -> None:
    async with opened(scopes=ALL) as town:
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await upload(town, town.alice.id)
        with pytest.raises(SlackApiError, match="not_in_channel"):
            await upload(town, await town.alice.channel("general"))


async def test_words_for_who_cannot_see_it_have_a_thousand_characters() -> None:
    async with opened(scopes=ALL) as town:
        with pytest.raises(SlackApiError, match="alt_txt_too_large"):
            await upload(town, await direct(town), alt_txt="x" * 1001)


async def test_what_was_announced_has_to_come_whole_and_once() -> None:
    async with opened(scopes=ALL) as town:
        nothing = await town.call("files.getUploadURLExternal", filename="a.png", length=0)
        place = await town.call("files.getUploadURLExternal", filename="a.png", length=len(PNG))
        listed = [{"id": place["file_id"]}]
        early = await town.call("files.completeUploadExternal", files=listed)
        answers = []
        for content in (PNG + b"!", PNG, PNG):
            async with town.session.post(place["upload_url"], data=content) as answer:
                answers.append(answer.status)
        done = await town.call("files.completeUploadExternal", files=listed)
        odd = await town.call("files.completeUploadExternal", files="nonsense")

    assert (nothing["error"], early["error"]) == ("missing_argument", "file_not_found")
    assert answers == [400, 200, 404]
    assert done["files"][0]["name"] == "a.png"
    assert odd["error"] == "invalid_arguments"
