"""A key that its place keeps in versions, each of which opens what it has wrapped."""

import re


class Versioned:
    """The part of `KeySource` that asks nobody. A reference is the name, a slash, the version."""

    wrapper: str
    version: re.Pattern[str]
    """What the place's versions look like."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def named(self) -> str:
        return f"{self.wrapper}:{self.name}"

    @property
    def known(self) -> tuple[str, ...]:
        return ()

    def holds(self, ref: str) -> bool:
        name, _, version = ref.rpartition("/")
        return name == self.name and bool(self.version.fullmatch(version))
