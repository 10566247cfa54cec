"""What has to hold of everything that people see. A rule gives its complaints, none where it holds.

Slack's own rules are those of the sandbox's strict Slack; the others are the house's: nothing is
said by colour alone, moments are in the reader's time, what others wrote is harmless.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bot.domain.reference import is_reference
from bot.domain.status import Status
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.drafts import read_draft, require_content
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.layout import all_blocks, elements_in
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.shapes import MRKDWN
from bot.sandbox.slack.view_rules import checked_view
from bot.slack.desk import Reply
from bot.slack.text import COLOURS
from tests.slack.stories.cast import CHANNELS, PEOPLE, SECRET
from tests.slack.stories.story import Json, Story

Rule = Callable[[Story], Iterator[str]]

LONGEST_TEXT = 4_000
"""Characters that chat.update takes, and chat.postMessage recommends (docs.slack.dev)."""
TEXT = "plain_text_input"
MEANINGS = {
    "red": ("Inactive",),
    "yellow": ("Degraded", "Acknowledged", "Snoozed"),
    "green": ("Active", "works"),
    "white": ("Pending", "Paused", "paused", "disconnected", "Disconnected", "Nobody"),
}
"""What a colour means, in the words that have to stand beside it."""
BARS = {
    COLOURS[Status.INACTIVE]: "red",
    COLOURS[Status.DEGRADED]: "yellow",
    COLOURS[Status.ACTIVE]: "green",
    COLOURS[Status.PAUSED]: "white",
}
"""The bar beside a message means what the circle of its colour means."""
_CIRCLE = re.compile(r":(?:large_)?(red|yellow|green|white)_circle:")
_LISTED = re.compile("• |:[a-z_]+: ")
_BOLD = re.compile(r"\*([^*\n]+)\*")
_EMOJI = re.compile(r":[a-z_]+:")
_ENTITY = re.compile(r"<([^<>]*)>")
_DATE = re.compile(r"<!date\^\d+\^[^|<>]+\|[^<>]* UTC>")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\b\d\d?:\d\d\b")
_OFFICE_HOURS = re.compile(r"\b09:00\b")
"""A snooze and a digest are for nine o'clock wherever the person is, and say so."""
_MARKUP = re.compile(r"<!date|&(?:amp|lt|gt);|`|\*\w+\*")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD = re.compile(r"\w\w")
_NO_ROOM = re.compile(r"…(?: and [\d,]+ more .*)?\Z")
"""Where a text has to end before all is said, it says so."""


def slack_takes_it(story: Story) -> Iterator[str]:
    """Limits, surfaces, unique ids, submit where there are inputs, alternative text of images."""
    try:
        if message := story.message:
            ids = Identifiers(lambda: 0.0, random.Random(1))  # noqa: S311 - the same each time
            require_content(read_draft(Arguments(message), ids))
        for view in story.views:
            checked_view(view, view["type"])
    except Refused as refused:
        yield f"{refused.error}: {refused.detail()}"


def errors_stand_at_inputs(story: Story) -> Iterator[str]:
    """Slack refuses errors at anything else, and an empty one says nothing."""
    inputs = {each["block_id"] for view in story.views for each in _inputs(view)}
    for field, sentence in story.errors.items():
        if field not in inputs:
            yield f"an error at {field}, which is no input"
        if not sentence.endswith((".", "!", "?")):
            yield f"an error that is no sentence: {sentence!r}"


def there_is_text_for_every_ear(story: Story) -> Iterator[str]:
    """Screen readers and push previews read the text at the top, and nothing else."""
    message = story.message
    if message is None:
        return
    if not _has_words(message["text"]):
        yield "no text"
    if len(message["text"]) > LONGEST_TEXT:
        yield f"{len(message['text'])} characters of text"
    for each in message.get("attachments", []):
        if not message["text"].startswith(each["fallback"]):
            yield "an attachment whose fallback is not the text"


def the_text_tells_the_story(story: Story) -> Iterator[str]:
    """What stands out in the blocks is in the text, too, as far as there is room; of an alert, all
    that is no list."""
    if story.message is None or _NO_ROOM.search(story.message["text"]):
        return
    below = [each for part in story.message.get("attachments", []) for each in part["blocks"]]
    for block in _blocks(story):
        said = (block.get("text") or {}).get("text", "")
        lines = [] if block not in below else said.splitlines()
        for words in [*_BOLD.findall(said), *(each for each in lines if not _LISTED.match(each))]:
            if words not in story.message["text"]:
                yield f"the text leaves out {words!r}"


def no_secret_is_shown(story: Story) -> Iterator[str]:
    """Not in a field, not in what a view carries along, not in an error."""
    shown = json.dumps([story.message, story.views, dict(story.errors)])
    if SECRET in shown:
        yield "the secret"
    for view in story.views:
        for each in _inputs(view):
            stands = each["element"].get("initial_value")
            if each["block_id"] == "secret" and stands and not is_reference(stands):
                yield "something stands in the secret's field"


def what_is_withheld_is_not_put_back(story: Story) -> Iterator[str]:
    """Slack keeps what was typed in a field that stays as it was (docs.slack.dev, modals)."""
    if not (isinstance(story.shown, Reply) and story.shown.view and story.onto):
        return
    before = {_place(each) for each in _inputs(story.onto.to_dict())}
    for each in _inputs(story.shown.view.to_dict()):
        is_text, given = each["element"]["type"] == TEXT, each["element"].get("initial_value")
        if is_text and not given and _place(each) in before:
            yield f"what was typed in {each['block_id']} stands there again"


def colours_are_never_alone(story: Story) -> Iterator[str]:
    """Whoever sees no colours, or has them read out, is told the same in words."""
    for text, _ in _said(story):
        for colour in _CIRCLE.findall(text):
            if not any(word in text for word in MEANINGS[colour]):
                yield f"a {colour} circle without its word: {text!r}"
        if text.strip() and not _has_words(text):
            yield f"no words: {text!r}"
    message = story.message or {}
    for each in message.get("attachments", []):
        colour = BARS[each["color"]]
        if not any(word in message["text"] for word in MEANINGS[colour]):
            yield f"a {colour} bar without its word"


def moments_are_the_reader_s(story: Story) -> Iterator[str]:
    """Each is a date that Slack shows in the reader's zone, with UTC where it cannot."""
    for text, _ in _said(story):
        bare = _OFFICE_HOURS.sub("", _DATE.sub("", text))
        if "<!date" in bare:
            yield f"a date without its words: {text!r}"
        if found := _MOMENT.search(bare):
            yield f"{found[0]} is in nobody's zone: {text!r}"


def what_others_wrote_is_harmless(story: Story) -> Iterator[str]:
    """It calls nobody, links nothing, and hides nothing."""
    known = {f"@{each}" for each in PEOPLE} | {f"#{each}" for each in CHANNELS}
    for text, marked in _said(story):
        for entity in _ENTITY.findall(text) if marked else ():
            if not (entity.startswith("!date^") or entity in known):
                yield f"<{entity}> in {text!r}"
        if found := _CONTROL.search(text):
            yield f"U+{ord(found[0]):04X} in {text!r}"


def markup_stands_where_slack_reads_it(story: Story) -> Iterator[str]:
    """Anywhere else people would see its signs."""
    for text, marked in _said(story):
        if not marked and (found := _MARKUP.search(text)):
            yield f"{found[0]} in {text!r}"


def buttons_say_what_they_are_about(story: Story) -> Iterator[str]:
    """To whom hears a button alone: its words, and which connection it is about. What is seen
    comes first in what is heard, so that it can be spoken to, too."""
    heard: Counter[tuple[str, str]] = Counter()
    for element in _elements(story):
        if element["type"] != "button":
            continue
        words = element["text"]["text"]
        label = element.get("accessibility_label") or words
        if not _has_words(words) or not label.startswith(words):
            yield f"{words!r} is heard as {label!r}"
        if element.get("value") and label == words:
            yield f"{words!r} does not say about what"
        heard[element["action_id"], label] += 1
    for (_, label), times in heard.items():
        if times > 1:
            yield f"{times} buttons are heard as {label!r}"


RULES: tuple[Rule, ...] = (
    slack_takes_it,
    errors_stand_at_inputs,
    there_is_text_for_every_ear,
    the_text_tells_the_story,
    no_secret_is_shown,
    what_is_withheld_is_not_put_back,
    colours_are_never_alone,
    moments_are_the_reader_s,
    what_others_wrote_is_harmless,
    markup_stands_where_slack_reads_it,
    buttons_say_what_they_are_about,
)


def _blocks(story: Story) -> list[Json]:
    """Those of the message, with those in attachments; else those of the views."""
    message = story.message
    if message is None:
        return [each for view in story.views for each in view["blocks"]]
    nested = [each for part in message.get("attachments", []) for each in part["blocks"]]
    return [*message.get("blocks", []), *nested]


def _inputs(view: Json) -> list[Json]:
    return [each for each in view["blocks"] if each["type"] == "input"]


def _place(block: Json) -> tuple[str, str]:
    return block["block_id"], block["element"]["action_id"]


def _elements(story: Story) -> list[Json]:
    return [each for block in all_blocks(_blocks(story)) for each in elements_in(block)]


def _has_words(text: str) -> bool:
    """Beside its emoji, which not everybody sees."""
    return bool(_WORD.search(_EMOJI.sub("", text)))


class Said(NamedTuple):
    """A text that is read, and whether Slack looks for markup in it."""

    text: str
    marked: bool


def _said(story: Story) -> Iterator[Said]:
    """Every text, wherever it stands."""
    for sentence in story.errors.values():
        yield Said(sentence, marked=False)
    if isinstance(story.shown, Reply):
        yield Said(story.shown.in_a_line, marked=True)
    if story.message:
        yield Said(story.message["text"], marked=True)
    yield from _said_in([_blocks(story), story.views])


def _said_in(thing: Any) -> Iterator[Said]:
    if isinstance(thing, dict):
        if isinstance(thing.get("text"), str):
            yield Said(thing["text"], marked=thing.get("type") == MRKDWN)
        for name in ("accessibility_label", "alt_text"):
            if name in thing:
                yield Said(thing[name], marked=False)
    for each in thing.values() if isinstance(thing, dict) else thing:
        if isinstance(each, dict | list):
            yield from _said_in(each)
