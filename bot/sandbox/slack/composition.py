"""The rules for what elements are made of: options, confirmation dialogs, filters.

Limits: docs.slack.dev, composition objects.
"""

from bot.sandbox.slack.shapes import PLAIN, Shape, flag, items, one_of, string, text

_WORDS = Shape(
    {
        "title": text(100, PLAIN),
        "text": text(300),
        "confirm": text(30, PLAIN),
        "deny": text(30, PLAIN),
    }
)
CONFIRM = _WORDS.requiring(*_WORDS.properties).also(style=one_of("primary", "danger"))
PLAIN_OPTION = Shape(
    {"text": text(75, PLAIN), "value": string(150), "description": text(75, PLAIN)},
    ("text", "value"),
)
OPTION = PLAIN_OPTION.also(text=text(75), description=text(75))
GROUP = Shape({"label": text(75, PLAIN), "options": items(PLAIN_OPTION, 100)}, ("label", "options"))
FILTER = Shape(
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)
DISPATCH = Shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
