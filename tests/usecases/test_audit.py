"""The audit: every sensitive deed leaves an entry, and nobody changes one unseen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.audit import INSTALLATION, WORDS, Deed, head_of
from bot.domain.credentials import Typed
from bot.domain.errors import NotAllowed
from bot.domain.people import Person
from bot.domain.policy import Care
from bot.domain.secret import Secret
from bot.usecases.check import test as check_now
from bot.usecases.configure import choose_channel, look_after, name_managers
from bot.usecases.connect import Attempt, Connected, connect
from bot.usecases.digest import tell_digests, want_digest
from bot.usecases.disconnect import disconnect
from bot.usecases.pause import Window, pause, plan_maintenance, resume
from bot.usecases.read_audit import read_audit, verify
from bot.usecases.uninstall import uninstall
from tests.fakes import LOST, REFUSED
from tests.usecases.conftest import ALICE, BOB, VALUES, House

Told = list[tuple[str, str, str, str]]


async def told(house: House) -> Told:
    """Who, what, how it came out, and what else, in order."""
    links = await house.ports.audit.chain("T1", after=0, limit=100)
    entries = [link.entry for link in links]
    return [(each.who, each.deed, each.outcome, each.detail) for each in entries]


async def connected(house: House) -> str:
    outcome = await house.connect()
    assert isinstance(outcome, Connected)
    return outcome.connection.id


async def test_each_deed_of_a_manager_is_one_entry(house: House) -> None:
    id_ = await connected(house)
    now = house.clock.now()
    await connect(house.ports, ALICE, Attempt(Typed.of(VALUES), "Autotask", replaces=id_))
    await check_now(house.ports, ALICE, id_, may_lock=False)
    await choose_channel(house.ports, ALICE, id_, "C2")
    await look_after(house.ports, ALICE, id_, Care(check_interval=600))
    await pause(house.ports, ALICE, id_)
    await resume(house.ports, ALICE, id_)
    await plan_maintenance(house.ports, ALICE, [id_], Window(now, now + timedelta(hours=1)))
    await name_managers(house.ports, ALICE, [Person("U3", "T1"), BOB])
    await name_managers(house.ports, ALICE, [], ["U3"])
    await disconnect(house.ports, BOB, id_)

    assert await told(house) == [
        ("U1", "connect", "done", "C1"),
        ("U1", "edit", "done", ""),
        ("U1", "test", "ok", ""),
        ("U1", "choose_channel", "done", "C2"),
        ("U1", "look_after", "done", ""),
        ("U1", "pause", "done", ""),
        ("U1", "resume", "done", ""),
        ("U1", "plan_maintenance", "done", ""),
        ("U1", "name_managers", "done", "U2, U3"),
        ("U1", "name_managers", "done", "not U3"),
        ("U2", "disconnect", "done", ""),
    ]
    links = await house.ports.audit.chain("T1", after=0, limit=100)
    about = {link.entry.deed: link.entry.connection_id for link in links}
    assert about.pop("name_managers") is None
    assert set(about.values()) == {id_}
    assert {link.entry.at for link in links} == {now}
    assert (await verify(house.ports, "T1")).flaw == ""


def test_every_deed_has_its_words() -> None:
    assert WORDS.keys() == set(Deed)


async def test_what_autotask_refuses_is_an_entry_too(house: House) -> None:
    house.autotask.answer = REFUSED
    await house.connect()

    assert await told(house) == [("U1", "connect", "rejected", "")]


async def test_a_sign_in_despite_the_warning_is_an_entry_of_its_own(house: House) -> None:
    id_ = await connected(house)
    house.autotask.answer = LOST
    for _ in range(4):
        await house.ports.logins.settle(await book(house), refusals=1)

    await check_now(house.ports, ALICE, id_, may_lock=False)
    await check_now(house.ports, ALICE, id_, may_lock=True)
    attempt = Attempt(Typed.of(VALUES), "Other", may_lock=True)
    await connect(house.ports, ALICE, attempt)

    assert await told(house) == [
        ("U1", "connect", "done", "C1"),
        ("U1", "test", "withheld", ""),
        ("U1", "sign_in_anyway", "unreachable", ""),
        ("U1", "test", "unreachable", ""),
        ("U1", "sign_in_anyway", "unreachable", ""),
        ("U1", "connect", "unreachable", ""),
    ]


async def book(house: House) -> str:
    digest = await house.ports.vault.username_digest(Secret(VALUES["username"]))
    now = house.clock.now()
    known = await house.ports.logins.so_far(digest, at=now)
    booking = await house.ports.logins.begin(digest, expected=known, at=now)
    assert booking
    return booking


async def test_who_may_not_is_noted_once_an_hour_for_each_thing_they_try(house: House) -> None:
    id_ = await connected(house)
    guest = Person("U7", "T1", guest=True)
    for _ in range(3):
        for person in (BOB, guest):
            with pytest.raises(NotAllowed):
                await disconnect(house.ports, person, id_)
    with pytest.raises(NotAllowed):
        await name_managers(house.ports, BOB, [BOB])
    with pytest.raises(NotAllowed):
        await read_audit(house.ports, BOB)
    house.clock.pass_(hours=1)
    with pytest.raises(NotAllowed):
        await disconnect(house.ports, BOB, id_)

    assert (await told(house))[1:] == [
        ("U2", "disconnect", "not allowed", ""),
        ("U7", "disconnect", "not allowed", ""),
        ("U2", "name_managers", "not allowed", ""),
        ("U2", "read_audit", "not allowed", ""),
        ("U2", "disconnect", "not allowed", ""),
    ]


async def test_what_is_not_stored_is_not_noted_and_the_other_way_round(house: House) -> None:
    """A transaction has both or neither."""
    id_ = await connected(house)
    async with house.database.write() as transaction:
        await transaction.exec_driver_sql("ALTER TABLE audit_entries RENAME TO elsewhere")
    with pytest.raises(Exception, match="audit_entries"):
        await disconnect(house.ports, ALICE, id_)
    async with house.database.write() as transaction:
        await transaction.exec_driver_sql("ALTER TABLE elsewhere RENAME TO audit_entries")

    assert (await house.overview()).connection.id == id_
    with pytest.raises(Exception, match="no such connection"):
        await pause(house.ports, ALICE, "unknown")
    assert len(await told(house)) == 1


async def test_a_workspace_that_removes_the_app_takes_its_audit_along(house: House) -> None:
    await connected(house)
    await uninstall(house.ports, "T1")
    await uninstall(house.ports, "T1")
    with pytest.raises(NotAllowed):  # somebody who was just about to
        await read_audit(house.ports, BOB)

    assert await house.ports.audit.workspaces() == [INSTALLATION]
    (link,) = await house.ports.audit.chain(INSTALLATION, after=0, limit=100)
    assert (link.entry.deed, link.entry.detail) == ("uninstall", "T1")
    assert (await verify(house.ports, INSTALLATION)).flaw == ""


async def test_a_page_has_twenty_and_goes_on_to_the_oldest(house: House) -> None:
    id_ = await connected(house)
    for _ in range(25):
        await pause(house.ports, ALICE, id_)

    newest = await read_audit(house.ports, ALICE)
    oldest = await read_audit(house.ports, ALICE, before=newest.older_than)

    assert [link.number for link, _ in newest.links] == list(range(26, 6, -1))
    assert [link.number for link, _ in oldest.links] == list(range(6, 0, -1))
    assert (newest.older_than, oldest.older_than) == (7, None)
    assert {name for _, name in newest.links} == {"Autotask"}


DAMAGES = {
    "changed": ("UPDATE audit_entries SET who = 'U9' WHERE number = 3", "entry 3 is not"),
    "set to another time": ("UPDATE audit_entries SET at = at + 1 WHERE number = 3", "entry 3 is"),
    "given another end": ("UPDATE audit_entries SET outcome = 'x' WHERE number = 1", "entry 1 is"),
    "renamed": ("UPDATE audit_entries SET connection_id = 'c9' WHERE number = 2", "entry 2 is"),
    "removed": ("DELETE FROM audit_entries WHERE number = 3", "entry 3 is missing"),
    "removed at the beginning": ("DELETE FROM audit_entries WHERE number = 1", "entry 1 is"),
    "removed at the end": ("DELETE FROM audit_entries WHERE number = 5", "entry 5 is missing"),
    "removed and closed up": (
        "DELETE FROM audit_entries WHERE number = 3;"
        "UPDATE audit_entries SET number = number - 1 WHERE number = 4;"
        "UPDATE audit_entries SET number = number - 1 WHERE number = 5",
        "entry 3 is not",
    ),
    "reordered": (
        "UPDATE audit_entries SET number = 99 WHERE number = 2;"
        "UPDATE audit_entries SET number = 2 WHERE number = 3;"
        "UPDATE audit_entries SET number = 3 WHERE number = 99",
        "entry 2 is not",
    ),
    "inserted": (
        "UPDATE audit_entries SET number = 6 WHERE number = 5;"
        "INSERT INTO audit_entries SELECT workspace_id, 5, at, 'U9', deed, connection_id, outcome,"
        ' detail, key_id, digest, "end" FROM audit_entries WHERE number = 4',
        "entry 5 is not",
    ),
    "of another key": ("UPDATE audit_entries SET key_id = 'ab' WHERE number = 4", "entry 4 was"),
}


@pytest.mark.parametrize("damage", [*DAMAGES])
async def test_whatever_is_done_to_the_entries_is_found(house: House, damage: str) -> None:
    id_ = await connected(house)
    for verb in (pause, resume, pause, resume):
        await verb(house.ports, ALICE, id_)
    statements, flaw = DAMAGES[damage]
    async with house.database.write() as transaction:
        for statement in statements.split(";"):
            await transaction.exec_driver_sql(statement)

    found = (await verify(house.ports, "T1")).flaw

    assert found.startswith(flaw)


async def test_a_removed_end_is_found_although_the_chain_goes_on(house: House) -> None:
    id_ = await connected(house)
    await pause(house.ports, ALICE, id_)
    await resume(house.ports, ALICE, id_)
    async with house.database.write() as transaction:
        await transaction.exec_driver_sql("DELETE FROM audit_entries WHERE number = 3")

    await pause(house.ports, ALICE, id_)

    assert (await verify(house.ports, "T1")).flaw.startswith("entry 3 is not")


async def test_an_earlier_state_of_the_whole_is_found_by_the_head_in_the_digest(
    house: House,
) -> None:
    id_ = await connected(house)
    before = await rows(house)
    await want_digest(house.ports, ALICE, id_, wanted=True)
    await pause(house.ports, ALICE, id_)
    house.clock.pass_(days=7 - house.clock.now().weekday(), hours=1)
    assert await tell_digests(house.ports) == 1
    await house.deliver()
    (digest,) = [each for each in house.messenger.said("C1") if "--seen" in each]
    seen = digest.rpartition("--seen ")[2].split()[0]
    assert (await verify(house.ports, "T1", seen=seen)).flaw == ""

    await put_back(house, before)

    assert (await verify(house.ports, "T1")).flaw == ""
    assert "an earlier state" in (await verify(house.ports, "T1", seen=seen)).flaw


async def rows(house: House) -> list[Any]:
    async with house.database.read() as view:
        return list((await view.exec_driver_sql("SELECT * FROM audit_entries")).mappings())


async def put_back(house: House, entries: list[Any]) -> None:
    (first,) = entries
    async with house.database.write() as transaction:
        await transaction.exec_driver_sql("DELETE FROM audit_entries WHERE number > 1")
        again = text('UPDATE audit_entries SET "end" = :end')
        await transaction.execute(again, {"end": first["end"]})


async def test_no_entry_holds_what_was_typed(house: House) -> None:
    id_ = await connected(house)
    attempt = Attempt(Typed.of(VALUES), "Autotask", replaces=id_)
    await connect(house.ports, replace(ALICE, name="Alice Canary"), attempt)
    kept = repr(await rows(house))

    assert not [value for value in (*VALUES.values(), "Alice", "Autotask") if value in kept]
    head = await house.ports.audit.head("T1")
    assert head
    assert head_of(head) == (await verify(house.ports, "T1")).head
