"""What Slack holds."""

import json
import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Drawing:
    """What a message said from one accepted call to the next."""

    text: str
    whole: str
    """With its attachments."""

    @classmethod
    def of(cls, asked: Json) -> "Drawing":
        return cls(asked["text"], f"{asked['text']} {json.dumps(asked.get('attachments') or '')}")

    def numbers(self) -> frozenset[int]:
        """Of the incidents it tells of; where these are many, of the first and the last."""
        lists = re.findall(r"[Ii]ncidents?,? ((?:#\d+(?:, | to )?)+)", self.whole)
        return frozenset(int(each) for each in re.findall(r"#(\d+)", " ".join(lists)))

    def names(self, what: str) -> bool:
        return re.search(rf"\b{re.escape(what)}\b", self.whole) is not None


@dataclass
class Message:
    """One accepted chat.postMessage, with the edits it has seen."""

    key: str
    channel: str
    ts: str
    thread_ts: str | None
    drawings: list[Drawing]
    metadata: Json
    at: float
    """Monotonic seconds."""
