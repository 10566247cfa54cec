from dataclasses import replace

import pytest

from bot.domain.errors import BadInput, NoSuchConnection, StoreUnavailable
from bot.domain.incident import Telling
from bot.domain.status import Status
from bot.usecases.ports import Sealed
from tests.store.cast import NOW, Store, an_accepted, closed, notices, opened, unchanged

NOTHING = Telling()


async def test_what_was_stored_comes_back_the_same(store: Store) -> None:
    accepted = an_accepted("EU subsidiary")

    await store.connections.add(accepted)

    found = await store.connections.find("T1", "eu SUBSIDIARY")
    assert found == await store.connections.get("T1", accepted.connection.id)
    assert (found.connection, found.watch) == (accepted.connection, accepted.watch)
    assert (found.quota, found.incident) == (accepted.quota, None)


async def test_a_connection_that_starts_in_trouble_has_its_incident_told(store: Store) -> None:
    accepted = an_accepted()
    telling = opened(accepted.connection)

    await store.connections.add(replace(accepted, telling=telling))

    (owed,) = await store.outbox.claim(10)
    assert owed.incident == await store.incident_of(accepted.connection)
    assert owed.incident.number == 1


async def test_a_name_is_taken_whatever_its_case(store: Store) -> None:
    await store.connect("Sandbox")

    with pytest.raises(BadInput) as refused:
        await store.connect("SANDBOX")

    assert refused.value.field == "name"
    assert [each.connection.name for each in await store.connections.all("T1")] == ["Sandbox"]


async def test_all_are_listed_by_name(store: Store) -> None:
    for name in ("beta", "Alpha", "gamma"):
        await store.connect(name)

    names = [each.connection.name for each in await store.connections.all("T1")]

    assert names == ["Alpha", "beta", "gamma"]
    assert await store.connections.all("T2") == []


async def test_a_foreign_connection_is_none_at_all(store: Store) -> None:
    id_ = (await store.connect()).id
    foreign = an_accepted()
    foreign = replace(foreign, connection=replace(foreign.connection, id=id_, workspace_id="T2"))

    for trespass in (
        store.connections.find("T2", "Autotask"),
        store.connections.get("T2", id_),
        store.connections.stored("T2", id_),
        store.connections.replace(foreign),
        store.connections.disconnect("T2", id_, at=NOW, telling=NOTHING),
        store.connections.choose_channel("T2", id_, "C9"),
        store.watches.claim_one("T2", id_),
    ):
        with pytest.raises(NoSuchConnection):
            await trespass

    assert (await store.connections.get("T1", id_)).connection.channel == "C1"


async def test_new_credentials_fence_the_check_that_runs_with_the_old_ones(store: Store) -> None:
    connection = await store.connect()
    (due,) = await store.watches.claim_due(10)
    sealed = Sealed(b"newer", connection.origin)
    accepted = replace(an_accepted(), connection=connection, stored=sealed, quota=None)

    await store.connections.replace(replace(accepted, telling=notices(connection, 1)))

    assert not await store.watches.apply(due, unchanged(due))
    assert await store.connections.stored("T1", connection.id) == sealed
    assert (await store.connections.get("T1", connection.id)).quota is None
    assert len(await store.outbox.claim(10)) == 1


async def test_new_credentials_close_the_incident(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    telling = closed(connection, await store.incident_of(connection))

    await store.connections.replace(replace(an_accepted(), connection=connection, telling=telling))

    overview = await store.connections.get("T1", connection.id)
    assert (overview.incident, overview.watch.status) == (None, Status.ACTIVE)


async def test_what_was_decided_on_an_outdated_incident_is_not_stored(store: Store) -> None:
    connection = await store.connect()
    accepted = replace(an_accepted(), connection=replace(connection, channel="C9"))
    await store.decide(connection, opened(connection))
    outdated = closed(connection, await store.incident_of(connection))
    changed = replace(await store.incident_of(connection), version=2)
    await store.decide(connection, Telling(changed))

    for telling in (NOTHING, outdated):
        with pytest.raises(StoreUnavailable):
            await store.connections.replace(replace(accepted, telling=telling))
        with pytest.raises(StoreUnavailable):
            await store.connections.disconnect("T1", connection.id, at=NOW, telling=telling)

    assert (await store.connections.get("T1", connection.id)).connection == connection


async def test_after_disconnecting_the_name_is_free_and_nothing_is_watched(store: Store) -> None:
    first = await store.connect()
    (due,) = await store.watches.claim_due(10)

    await store.connections.disconnect("T1", first.id, at=NOW, telling=NOTHING)
    second = await store.connect()

    assert not await store.watches.apply(due, unchanged(due))
    assert (await store.connections.find("T1", "Autotask")).connection.id == second.id
    assert [due.connection.id for due in await store.watches.claim_due(10)] == [second.id]
    with pytest.raises(NoSuchConnection):
        await store.connections.disconnect("T1", first.id, at=NOW, telling=NOTHING)


async def test_the_last_alerts_outlive_the_connection(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    last = closed(connection, await store.incident_of(connection))

    await store.connections.disconnect("T1", connection.id, at=NOW, telling=last)

    (owed,) = await store.outbox.claim(10)
    assert owed.connection == replace(connection, disconnected_at=NOW)
    assert owed.incident
    assert owed.incident.closed_at == NOW


async def test_a_chosen_channel_gets_what_is_still_owed(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    (owed,) = await store.outbox.claim(10)
    await store.outbox.next_destination(owed, step=1, to="U1", error="channel_not_found")

    await store.connections.choose_channel("T1", connection.id, "C2")

    (owed,) = await store.outbox.claim(10)
    assert (owed.alert.step, owed.connection.channel) == (0, "C2")
