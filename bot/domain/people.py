"""Who may do what."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.errors import NotAllowed

CLI = "cli"
"""The id of whoever sits at the command line: nobody whom Slack could reach."""


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user as Slack describes them just now (users.info)."""

    id: str
    workspace_id: str
    """The tenant this request belongs to, from the verified request."""
    name: str = ""
    admin: bool = False
    """Workspace admin or owner."""
    guest: bool = False
    stranger: bool = False
    """Of another organisation, in a shared channel."""
    gone: bool = False
    """Deactivated, or a bot."""
    tz: str = "UTC"
    """Their time zone's name (IANA)."""


def require_manager(person: Person, named: Collection[str]) -> None:
    """Pass for workspace admins and owners and for people an admin has named. Raises NotAllowed."""
    require_member(person)
    if person.guest:
        raise NotAllowed(
            "Guests cannot change Autotask connections.",
            hint="Ask a workspace admin to do it.",
            named=named,
        )
    if not person.admin and person.id not in named:
        raise NotAllowed(
            "Only workspace admins and the people they have named can do this.",
            hint="Ask a workspace admin, who can name you with `/autotask settings`.",
            named=named,
        )


def unfit(person: Person) -> str:
    """Why this person never may, whoever names them; empty where they may once they are named."""
    if person.gone:
        return "is an app, or deactivated"
    if person.stranger:
        return "belongs to another organisation"
    return "is a guest" if person.guest else ""


def may_manage(person: Person, named: Collection[str]) -> bool:
    """Whether `require_manager` would let this person pass."""
    try:
        require_manager(person, named)
    except NotAllowed:
        return False
    return True


def require_full_member(person: Person) -> None:
    """Pass for members who are no guests: they may look at the connections, and acknowledge. A
    guest of an MSP's workspace is often its customer. Raises NotAllowed."""
    require_member(person)
    if person.guest:
        raise NotAllowed(
            "This is for the full members of this workspace.",
            hint="Alerts reach you in the channels that you are in.",
        )


def require_admin(person: Person) -> None:
    """Pass for workspace admins and owners alone. Raises NotAllowed."""
    require_member(person)
    if person.guest or not person.admin:
        raise NotAllowed("Only workspace admins can do this.", hint="Ask one of them.", named=())


def require_member(person: Person) -> None:
    """Pass for everybody of this workspace. Raises NotAllowed for other organisations' people."""
    if person.gone:
        raise NotAllowed("Deactivated users and apps cannot do this.")
    if person.stranger:
        raise NotAllowed(
            "This belongs to another organisation's workspace.",
            hint="Only its own members can use it.",
        )
