"""What somebody finds who looks whether all is in order: one line, with its fix."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` names what was looked at. `fix` is empty where nothing is wrong."""

    about: str
    text: str
    fix: str = ""

    @property
    def fine(self) -> bool:
        """Whether nothing has to be done."""
        return not self.fix
