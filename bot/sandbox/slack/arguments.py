"""The arguments of a call: form fields are text, JSON bodies have types; both mean the same."""

import json
from typing import Any

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.refusal import Refused


class Arguments:
    """Reads with care; what is null counts as left out."""

    def __init__(self, given: Json) -> None:
        self._given = {name: value for name, value in given.items() if value is not None}

    def has(self, name: str) -> bool:
        return name in self._given

    def text(self, name: str, default: str = "") -> str:
        value = self._given.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """Raises Refused(invalid_arguments)."""
        if not self.text(name):
            raise Refused("invalid_arguments", messages=[f"missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "true")

    def number(self, name: str, default: float) -> float:
        """Raises Refused(invalid_arguments)."""
        try:
            return float(self.text(name) or default)
        except ValueError:
            raise Refused("invalid_arguments", messages=[f"{name} must be a number"]) from None

    def document(self, name: str) -> Any:
        """JSON, whether it came as text or as it is; None where it is left out. Raises ValueError.

        Empty text is left out, too: form encoders send it for what is not there.
        """
        value = self._given.get(name)
        if isinstance(value, str):
            return json.loads(value) if value.strip() else None
        return value

    def everything(self) -> Json:
        return dict(self._given)
