from datetime import timedelta

from bot.domain.observation import FailedLogins
from tests.store.cast import NOW, Store

LATER = NOW + timedelta(minutes=15)
NONE = FailedLogins()


async def test_a_refusal_is_on_the_books_before_the_answer(store: Store) -> None:
    assert await store.logins.so_far("digest") == NONE

    assert await store.logins.begin("digest", expected=NONE, at=NOW)

    assert await store.logins.so_far("digest") == FailedLogins(1, NOW)
    assert await store.logins.so_far("another") == NONE


async def test_only_one_of_two_may_sign_in(store: Store) -> None:
    assert await store.logins.begin("digest", expected=NONE, at=NOW)
    assert not await store.logins.begin("digest", expected=NONE, at=LATER)

    booked = await store.logins.so_far("digest")
    assert await store.logins.begin("digest", expected=booked, at=LATER)
    assert not await store.logins.begin("digest", expected=booked, at=LATER)
    assert await store.logins.so_far("digest") == FailedLogins(2, LATER)


async def test_the_books_are_settled_by_what_was_refused(store: Store) -> None:
    for refusals, so_far in ((1, 1), (2, 3), (0, 0)):
        expected = await store.logins.so_far("digest")
        await store.logins.begin("digest", expected=expected, at=NOW)
        await store.logins.settle("digest", refusals=refusals)

        assert (await store.logins.so_far("digest")).in_a_row == so_far

    assert await store.logins.so_far("digest") == NONE


async def test_a_booking_taken_back_leaves_no_trace(store: Store) -> None:
    await store.logins.begin("digest", expected=NONE, at=NOW)
    await store.logins.settle("digest", refusals=1)
    before = await store.logins.so_far("digest")

    await store.logins.begin("digest", expected=before, at=LATER)
    await store.logins.settle("digest", refusals=None)
    assert await store.logins.so_far("digest") == before

    await store.logins.settle("digest", refusals=None)
    assert await store.logins.so_far("digest") == NONE
