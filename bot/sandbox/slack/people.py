"""Who is there: an admin, a member, a guest, a stranger from a partner, and the app's bot."""

from dataclasses import dataclass

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.identifiers import Identifiers

ROLES = ("admin", "member", "guest", "stranger", "bot")


@dataclass
class Person:
    """`role` is one of ROLES; `team_id` is the workspace that they belong to."""

    id: str
    name: str
    real_name: str
    team_id: str
    role: str

    @property
    def belongs(self) -> bool:
        """Whether public channels are open to them without an invitation."""
        return self.role in ("admin", "member", "bot")

    def profile(self) -> Json:
        """`user` in the answer of users.info (docs.slack.dev, the user object)."""
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "tz": "Etc/UTC",
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
            "profile": {"real_name": self.real_name, "display_name": self.name},
            "is_admin": self.role == "admin",
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.role == "guest",
            "is_ultra_restricted": False,
            "is_stranger": self.role == "stranger",
            "is_bot": self.role == "bot",
            "is_app_user": False,
            "updated": 0,
        }

    def signature(self) -> dict[str, str]:
        """`user` in interactive payloads."""
        return {
            "id": self.id,
            "username": self.name,
            "name": self.name,
            "team_id": self.team_id,
        }


def cast(ids: Identifiers, team_id: str) -> dict[str, Person]:
    """Everybody by name. Stan's home is another workspace; he is here by Slack Connect."""
    elsewhere = ids.new("T")
    return {
        name: Person(
            ids.new("U"), name, real_name, elsewhere if role == "stranger" else team_id, role
        )
        for name, real_name, role in (
            ("alice", "Alice Admin", "admin"),
            ("bob", "Bob Member", "member"),
            ("gail", "Gail Guest", "guest"),
            ("stan", "Stan Stranger", "stranger"),
        )
    }
