"""What somebody asks of the panel: a JSON object, read with care."""

import json
from typing import Any


class Order:
    """The arguments of one switch; every complaint is a sentence."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    @classmethod
    def parse(cls, body: bytes) -> "Order":
        """Raises ValueError for anything but a JSON object."""
        try:
            document = json.loads(body)
        except ValueError as error:
            raise ValueError("Send a JSON object.") from error
        match document:
            case dict():
                return cls(document)
            case _:
                raise ValueError("Send a JSON object.")

    def get(self, name: str) -> Any:
        return self._document.get(name)

    def text(self, name: str) -> str:
        """A text that is not blank, without white space around it. Raises ValueError."""
        value = self.get(name)
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{name} is missing.")
        return value.strip()

    def number(self, name: str, *, least: int = 0, default: int | None = None) -> int:
        """A whole number, also as text, not below `least`. Raises ValueError."""
        value = str(self._document.get(name, default))
        if not value.isdecimal() or int(value) < least:
            raise ValueError(f"{name} must be a whole number from {least} up.")
        return int(value)
