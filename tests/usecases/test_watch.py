"""From a check to the channel: told once, with cause and next step, edited until mended."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.domain.credentials import Typed
from bot.domain.errors import NoSuchConnection, NotAllowed
from bot.domain.incident import Place
from bot.domain.observation import Cause, Observation, Quota, Seen, Tenant
from bot.domain.origin import AutotaskOrigin
from bot.domain.sending import Later, Undeliverable
from bot.domain.status import Status
from bot.store.schema import connections
from bot.usecases import check
from bot.usecases.connect import Attempt, connect
from bot.usecases.disconnect import disconnect
from tests.fakes import DOWN, FINE, LIMITED, LOST, REFUSED, REFUSED_THEN_DOWN, ZONE_4
from tests.usecases.conftest import ALICE, BOB, MALLORY, VALUES, House


@pytest.fixture
async def connected(house: House) -> House:
    """Connected, and the hello forgotten."""
    await house.connect()
    house.messenger.texts.clear()
    return house


async def test_a_healthy_connection_is_checked_at_its_interval_and_nobody_hears(
    connected: House,
) -> None:
    await connected.live(hours=1)

    assert len(connected.autotask.sign_ins) == 1 + 12
    assert connected.messenger.said("C1") == []


async def test_a_refusal_is_told_once_with_cause_and_next_step(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=12, step=5)

    (alert,) = connected.messenger.said("C1")
    assert ":red_circle: *Autotask (Lakeside IT)* is *Inactive*: credentials refused" in alert
    assert "*Next step:* In Autotask open Admin → Resources (Users) → the API user" in alert


async def test_recovery_edits_the_message_and_says_how_long_it_lasted(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=0.2)
    connected.autotask.answer = FINE
    await connected.live(hours=0.5)

    (alert,) = connected.messenger.said("C1")
    assert "is *Active* again. It was inactive for *17 min* (credentials refused)" in alert
    assert list(connected.messenger.threads.values()) == [["Active again after 17 min."]]


async def test_a_blip_is_never_told(connected: House) -> None:
    connected.autotask.answer = DOWN
    await connected.live(hours=0.1)
    connected.autotask.answer = FINE
    await connected.live(hours=1)

    assert connected.messenger.said("C1") == []


async def test_an_outage_is_told_and_says_that_the_credentials_are_fine(connected: House) -> None:
    connected.autotask.answer = DOWN
    await connected.live(hours=1)

    (alert,) = connected.messenger.said("C1")
    assert "Autotask does not answer" in alert


async def test_with_our_own_network_away_nothing_is_called_inactive(connected: House) -> None:
    connected.autotask.answer = DOWN
    connected.messenger.cut_off = True
    await connected.live(hours=2, step=5)
    connected.messenger.cut_off = False
    connected.autotask.answer = FINE
    await connected.live(hours=0.5)

    assert connected.messenger.said("C1") == []
    assert (await connected.overview()).watch.status is Status.ACTIVE


async def test_the_vendor_s_status_page_is_evidence_of_an_outage_and_nothing_else(
    connected: House,
) -> None:
    connected.autotask.status_page = "Status page: America East, major outage"
    await connected.live(hours=0.5)
    assert (await connected.overview()).watch.status is Status.ACTIVE

    connected.autotask.answer = DOWN
    await connected.live(hours=0.5)
    incident = (await connected.overview()).incident
    assert incident
    assert incident.evidence[-1] == "Status page: America East, major outage"


async def test_an_outage_that_ends_before_it_was_told_is_told_once_as_over(
    connected: House,
) -> None:
    connected.autotask.answer = DOWN
    connected.messenger.closed["C1"] = Later("service_unavailable")
    await connected.live(hours=0.5)
    connected.autotask.answer = FINE
    await connected.live(hours=0.5)
    connected.messenger.closed.clear()
    await connected.live(hours=0.5)

    (alert,) = connected.messenger.said("C1")
    assert "is *Active* again" in alert
    assert connected.messenger.threads == {}


async def test_a_wrong_secret_never_costs_more_than_four_sign_ins(connected: House) -> None:
    """Thirty days of it, and the zone still asked daily without the secret."""
    connected.autotask.answer = REFUSED
    await connected.live(hours=24 * 30, step=90)

    assert len(connected.autotask.sign_ins) == 1 + 4
    assert connected.autotask.zones_asked >= 28


async def test_a_refusal_counts_even_where_an_outage_hides_it(connected: House) -> None:
    """A firewall may let sign-ins pass and keep the zone look-up out."""
    connected.autotask.answer = REFUSED_THEN_DOWN
    await connected.live(hours=48, step=15)

    assert len(connected.autotask.sign_ins) == 1 + 4


async def test_after_a_refusal_a_sign_in_without_an_answer_counts_as_one(connected: House) -> None:
    """The zone answers what needs no credentials, so each check signs in."""
    connected.autotask.answer = REFUSED
    await connected.live(hours=0.1)
    connected.autotask.answer = LOST
    await connected.live(hours=24 * 30, step=90)

    assert len(connected.autotask.sign_ins) == 1 + 4
    assert (await connected.overview()).watch.cause is Cause.LOGINS_WITHHELD


async def test_without_a_refusal_before_it_counts_as_none_and_the_checks_go_on(
    connected: House,
) -> None:
    connected.autotask.answer = LOST
    await connected.live(hours=48, step=15)
    assert (await connected.overview()).watch.cause is Cause.TIME_OUT
    connected.autotask.answer = FINE
    await connected.live(hours=0.5)

    assert (await connected.overview()).watch.status is Status.ACTIVE


async def test_where_the_zone_does_not_answer_at_all_no_credentials_are_sent(
    connected: House,
) -> None:
    connected.autotask.answer = LOST
    connected.autotask.mute = DOWN
    await connected.live(hours=48, step=15)
    connection = (await connected.overview()).connection
    tested = await check.test(connected.ports, ALICE, connection.id, may_lock=False)

    assert tested.seen == DOWN
    assert len(connected.autotask.sign_ins) == 1 + 1


@pytest.mark.parametrize(("answer", "counted"), [(FINE, 0), (REFUSED, 1)])
async def test_a_try_that_is_cancelled_counts_unless_the_credentials_are_believed_good(
    connected: House, answer: Observation, counted: int
) -> None:
    connected.autotask.answer = answer
    await connected.live(hours=0.1)
    digest = await connected.ports.vault.username_digest(connected.autotask.sign_ins[0].username)
    before = await connected.ports.logins.so_far(digest, at=connected.clock.now())
    connected.autotask.arrived = asyncio.Event()
    connected.clock.pass_(hours=1)
    sweep = asyncio.create_task(connected.check())
    await connected.autotask.arrived.wait()
    sweep.cancel()
    await asyncio.wait([sweep])

    after = await connected.ports.logins.so_far(digest, at=connected.clock.now())
    assert after.in_a_row - before.in_a_row == counted


async def test_an_own_network_that_is_away_is_named_by_the_button_too(connected: House) -> None:
    connected.autotask.answer = DOWN
    connected.messenger.cut_off = True
    connection = (await connected.overview()).connection
    tested = await check.test(connected.ports, ALICE, connection.id, may_lock=False)

    assert tested.seen.cause is Cause.OURS


async def test_a_press_of_test_may_sign_in_once(connected: House) -> None:
    connection = (await connected.overview()).connection
    await check.test(connected.ports, ALICE, connection.id, may_lock=False)

    assert connected.autotask.allowed == [1, 1]


async def test_the_hourly_budget_is_told_once_for_each_band_and_day(connected: House) -> None:
    for used in (7_400, 7_600, 7_700, 9_100, 9_200, 3_000, 7_600):
        connected.autotask.answer = replace(FINE, quota=Quota(used, 10_000))
        await connected.live(hours=0.2)

    notices = connected.messenger.said("C1")
    assert [text.partition("%")[0].rpartition(" ")[2] for text in notices] == ["76", "91"]
    assert "API Activity by Hour" in notices[0]
    assert (await connected.overview()).watch.status is Status.ACTIVE

    await connected.live(hours=24, step=60)
    assert len(connected.messenger.said("C1")) == 3


async def test_limits_used_up_for_an_hour_are_told_as_such_and_until_then_nobody_hears(
    connected: House,
) -> None:
    connected.autotask.answer = LIMITED
    await connected.live(hours=0.9, step=5)
    assert connected.messenger.said("C1") == []
    assert (await connected.overview()).watch.status is Status.ACTIVE
    asked = len(connected.autotask.sign_ins)
    await connected.live(hours=0.6, step=5)

    (alert,) = connected.messenger.said("C1")
    assert "is *Degraded*: hourly limit used up" in alert
    assert asked < 12


async def test_a_move_is_followed_sealed_for_the_new_zone_and_told(connected: House) -> None:
    moved = replace(FINE, seen=Seen.MOVED_OK, origin=ZONE_4, tenant=Tenant(zone="UK"))
    connected.autotask.answer = moved
    await connected.live(hours=0.1)
    connected.autotask.answer = FINE
    await connected.live(hours=0.1)

    (notice,) = connected.messenger.said("C1")
    assert "moved your database to UK" in notice
    assert connected.autotask.sign_ins[-1].origin == ZONE_4
    assert (await connected.overview()).connection.origin == ZONE_4


async def test_two_connections_with_one_username_share_one_budget(connected: House) -> None:
    await connected.connect(name="Second")
    connected.autotask.sign_ins.clear()
    connected.autotask.answer = REFUSED
    await connected.live(hours=48, step=15)

    assert len(connected.autotask.sign_ins) == 4
    for name in ("Autotask", "Second"):
        assert (await connected.overview(name)).watch.status in (Status.INACTIVE, Status.DEGRADED)


async def test_one_accepted_sign_in_wakes_every_connection_of_that_username(
    connected: House,
) -> None:
    await connected.connect(name="Second")
    connected.autotask.answer = REFUSED
    await connected.live(hours=24, step=15)
    connected.autotask.answer = FINE
    overview = await connected.overview()
    await check.test(connected.ports, ALICE, overview.connection.id, may_lock=True)
    await connected.live(hours=0.2)

    for name in ("Autotask", "Second"):
        assert (await connected.overview(name)).watch.status is Status.ACTIVE


async def test_somebody_s_typing_errors_do_not_stop_the_watch_of_good_credentials(
    connected: House,
) -> None:
    connection = (await connected.overview()).connection
    connected.autotask.answer = REFUSED
    wrong = Attempt(Typed.of(VALUES), "Autotask", replaces=connection.id)
    for _ in range(3):
        await connect(connected.ports, ALICE, wrong)
    connected.autotask.answer = DOWN
    await connected.live(hours=1)

    assert (await connected.overview()).watch.status is Status.INACTIVE


async def test_a_move_never_takes_the_last_sign_in_but_one(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=24, step=15)

    assert connected.autotask.allowed[-4:] == [4, 3, 2, 1]


async def test_a_timeline_line_on_its_own_names_the_connection(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=0.2)
    connected.messenger.closed["C1"] = Undeliverable("is_archived")
    connected.autotask.answer = FINE
    await connected.live(hours=0.5)

    assert all("Autotask (Lakeside IT)" in text for text in connected.messenger.said("U1"))


async def test_choosing_a_channel_revives_what_nobody_would_take(connected: House) -> None:
    for each in ("C1", "U1", "U0"):
        connected.messenger.closed[each] = Undeliverable("channel_not_found")
    connected.autotask.answer = REFUSED
    await connected.live(hours=1)
    connection = (await connected.overview()).connection
    await connected.ports.connections.choose_channel("T1", connection.id, "C2")
    await connected.live(hours=0.1)

    assert "is *Inactive*" in connected.messenger.said("C2")[0]


async def test_mended_by_hand_is_seen_by_the_button_test(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=2)
    connected.autotask.answer = FINE
    overview = await connected.overview()

    tested = await check.test(connected.ports, ALICE, overview.connection.id, may_lock=False)
    await connected.deliver()

    assert tested.overview.watch.status is Status.ACTIVE
    assert "is *Active* again" in connected.messenger.said("C1")[0]


async def test_past_the_budget_the_button_asks_for_a_word_first(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=24, step=15)
    overview = await connected.overview()
    spent = len(connected.autotask.sign_ins)

    refused = await check.test(connected.ports, ALICE, overview.connection.id, may_lock=False)
    assert refused.seen.cause is Cause.LOGINS_WITHHELD
    assert len(connected.autotask.sign_ins) == spent

    connected.autotask.answer = FINE
    tried = await check.test(connected.ports, ALICE, overview.connection.id, may_lock=True)
    assert tried.overview.watch.status is Status.ACTIVE


async def test_new_credentials_mend_the_incident_and_name_who_did(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=1)
    connected.autotask.answer = FINE
    connection = (await connected.overview()).connection
    attempt = Attempt(Typed.of(VALUES), "Autotask", replaces=connection.id)
    await connect(connected.ports, ALICE, attempt)
    await connected.deliver()

    (alert,) = connected.messenger.said("C1")
    assert "Mended by <@U1> with new credentials." in alert


async def test_disconnecting_ends_the_incident_and_the_watch(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=1)
    spent = len(connected.autotask.sign_ins)
    connection = (await connected.overview()).connection

    await disconnect(connected.ports, ALICE, connection.id)
    await connected.live(hours=24, step=30)

    (alert,) = connected.messenger.said("C1")
    assert "was disconnected by <@U1>" in alert
    assert len(connected.autotask.sign_ins) == spent
    with pytest.raises(NoSuchConnection):
        await connected.overview()


async def test_a_broken_channel_sends_the_alert_to_the_person_who_connected(
    connected: House,
) -> None:
    connected.messenger.closed["C1"] = Undeliverable("is_archived")
    connected.autotask.answer = REFUSED
    await connected.live(hours=1)

    assert "is *Inactive*" in connected.messenger.said("U1")[0]


async def test_with_the_person_gone_too_the_operator_is_told(connected: House) -> None:
    connected.messenger.closed |= {
        "C1": Undeliverable("is_archived"),
        "U1": Undeliverable("user_disabled"),
    }
    connected.autotask.answer = REFUSED
    await connected.live(hours=1)

    assert "is *Inactive*" in connected.messenger.said("U0")[0]


async def test_an_alert_that_nobody_takes_stays_visible_as_dead(connected: House) -> None:
    connected.messenger.closed |= {
        each: Undeliverable("channel_not_found") for each in ("C1", "U1", "U0")
    }
    connected.autotask.answer = REFUSED
    await connected.live(hours=1)

    (reason, _), *_ = await connected.ports.outbox.died_of()
    assert reason == (
        "no destination is left (C1 channel_not_found; U1 channel_not_found; U0 channel_not_found)"
    )


async def test_slack_away_for_a_day_loses_nothing(connected: House) -> None:
    connected.messenger.closed["C1"] = Later("service_unavailable")
    connected.autotask.answer = REFUSED
    await connected.live(hours=24, step=15)
    connected.messenger.closed.clear()
    await connected.live(hours=1)

    (alert,) = connected.messenger.said("C1")
    assert "is *Inactive*" in alert


async def test_only_managers_may_test_and_only_their_own(connected: House) -> None:
    connection = (await connected.overview()).connection

    with pytest.raises(NotAllowed):
        await check.test(connected.ports, BOB, connection.id, may_lock=False)
    with pytest.raises(NoSuchConnection):
        await check.test(connected.ports, MALLORY, connection.id, may_lock=False)
    with pytest.raises(NoSuchConnection):
        await disconnect(connected.ports, MALLORY, connection.id)


async def test_a_ciphertext_that_was_tampered_with_is_told_and_never_used(
    connected: House,
) -> None:
    async with connected.database.write() as transaction:
        await transaction.execute(update(connections).values(origin=AutotaskOrigin(_ELSEWHERE)))
    connected.autotask.sign_ins.clear()
    await connected.live(hours=0.2)

    assert connected.autotask.sign_ins == []
    assert "stored credentials unreadable" in connected.messenger.said("C1")[0]


_ELSEWHERE = "https://webservices9.autotask.net"


async def test_the_place_of_the_message_is_the_one_slack_named(connected: House) -> None:
    connected.autotask.answer = REFUSED
    await connected.live(hours=0.5)

    incident = (await connected.overview()).incident

    assert incident
    assert incident.number == 1
    assert incident.place == Place("C1", "2.0")
    assert (await connected.overview()).watch.seen is Seen.REJECTED
