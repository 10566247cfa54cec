"""The rules for what elements are made of: options, confirmation dialogs, filters.

Limits: docs.slack.dev, composition objects.
"""

from bot.sandbox.slack.shapes import Shape, flag, items, one_of, plain, string, text

CONFIRM = Shape(
    {
        "title": text(100, plain),
        "text": text(300),
        "confirm": text(30, plain),
        "deny": text(30, plain),
        "style": one_of("primary", "danger"),
    },
    ("title", "text", "confirm", "deny"),
)
PLAIN_OPTION = Shape(
    {"text": text(75, plain), "value": string(150), "description": text(75, plain)},
    ("text", "value"),
)
OPTION = PLAIN_OPTION.also(text=text(75), description=text(75))
GROUP = Shape({"label": text(75, plain), "options": items(PLAIN_OPTION, 100)}, ("label", "options"))
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
