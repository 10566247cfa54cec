"""Every rule says no to what it is there for."""

from typing import Any

import pytest
from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    MarkdownBlock,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.slack.desk import Answer, Reply
from bot.slack.message import Message
from bot.slack.views import form_input, note_view
from tests.slack.stories import rules
from tests.slack.stories.cast import SECRET
from tests.slack.stories.rules import Rule
from tests.slack.stories.story import Story

FIELD = form_input("secret", "Secret", PlainTextInputElement(initial_value="made up"))
BLANK = form_input("code", "Code", PlainTextInputElement())


def button(text: str = "Test now", **more: Any) -> Block:
    return ActionsBlock(elements=[ButtonElement(text=text, action_id="test", **more)])


def modal(*blocks: Block, **more: Any) -> View:
    return View(type="modal", title="Form", blocks=list(blocks), **more)


def bar(colour: str, *blocks: Block) -> Message:
    part = BlockAttachment(blocks=list(blocks), color=colour, fallback="It is so.")
    return Message("It is so.", (part,))


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (rules.slack_takes_it, modal(FIELD)),
        (
            rules.slack_takes_it,
            modal(MarkdownBlock(text="Not in a modal")),
        ),
        (rules.slack_takes_it, Answer("Twice", [SectionBlock(text="One", block_id="a")] * 2)),
        (rules.slack_takes_it, Answer("Many", [HeaderBlock(text="One")] * 51)),
        (rules.slack_takes_it, Message("")),
        (rules.errors_stand_at_inputs, Reply(modal(button()), {"secret": "Wrong."})),
        (rules.errors_stand_at_inputs, Reply(modal(FIELD, submit="Send"), {"secret": ""})),
        (rules.there_is_text_for_every_ear, Message(":bell:")),
        (rules.there_is_text_for_every_ear, Message("long " * 1_000)),
        (rules.the_text_tells_the_story, Answer("Well.", [SectionBlock(text="*Inactive*")])),
        (rules.the_text_tells_the_story, bar("#17803D", SectionBlock(text="_Do not try again._"))),
        (rules.no_secret_is_shown, Message(f"It is {SECRET}.")),
        (rules.no_secret_is_shown, modal(FIELD, submit="Send")),
        (rules.no_secret_is_shown, modal(button(), private_metadata=SECRET)),
        (rules.what_is_withheld_is_not_put_back, Reply(modal(BLANK, submit="Send"))),
        (rules.colours_are_never_alone, Message(":red_circle: Autotask")),
        (rules.colours_are_never_alone, bar("#17803D")),
        (rules.colours_are_never_alone, Answer("Well.", [button(":bell:")])),
        (rules.moments_are_the_reader_s, Message("Since 2026-03-02.")),
        (rules.moments_are_the_reader_s, Message("At 14:30.")),
        (rules.what_others_wrote_is_harmless, Message("<!channel>")),
        (rules.what_others_wrote_is_harmless, Message("<@U0VICTIM>")),
        (rules.what_others_wrote_is_harmless, Message("<https://evil.example|click>")),
        (rules.what_others_wrote_is_harmless, note_view("Note", "\u202egpj.exe")),
        (rules.what_others_wrote_is_harmless, Reply(modal(button()), in_a_line="<!here>")),
        (rules.markup_stands_where_slack_reads_it, Answer("*Now*", [button("*Now*")])),
        (rules.buttons_say_what_they_are_about, Answer("Well.", [button(value="c1")])),
        (rules.buttons_say_what_they_are_about, Answer("Well.", [button(), button()])),
        (
            rules.buttons_say_what_they_are_about,
            Answer("Well.", [button(accessibility_label="Something else")]),
        ),
    ],
)
def test_it_complains_of(rule: Rule, shown: Message | Answer | View | Reply) -> None:
    assert list(rule(Story("A story", "that is wrong", shown, onto=modal(BLANK))))


def test_every_rule_is_among_these() -> None:
    (mark,) = test_it_complains_of.pytestmark  # type: ignore[attr-defined]

    assert {rule for rule, _ in mark.args[1]} == set(rules.RULES)
