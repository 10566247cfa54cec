"""What Slack's own client refuses to submit, before the app hears of it."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.documents import Json

REQUIRED = "Please complete this required field."


def complaint(element: Json, value: Any, *, optional: bool) -> str | None:
    """What is wrong with this value for this input element, in a sentence; None if nothing is."""
    if value is None or value == []:
        return None if optional else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _about_length(value, element.get("min_length", 0), element.get("max_length"))
        case "url_text_input":
            return None if _is_url(value) else "Please enter a valid URL."
        case "email_text_input":
            good = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
            return None if good else "Please enter a valid email address."
        case "number_input":
            return _about_number(value, element)
        case _:
            return None


def _about_length(value: str, least: int, most: int | None) -> str | None:
    if len(value) < least:
        return f"Please enter at least {least} characters."
    if most is not None and len(value) > most:
        return f"Please enter no more than {most} characters."
    return None


def _is_url(value: str) -> bool:
    parts = urlsplit(value)
    return bool(parts.scheme and parts.netloc) and not re.search(r"\s", value)


def _about_number(value: str, element: Json) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return None
