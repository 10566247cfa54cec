"""The guide in chat: walked through step by step, to the form and back."""

from bot.domain.guide import STEPS
from bot.slack import guide
from bot.slack.people import People
from bot.slack.request import Kind, Request
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town


async def form(town: Town, channel: str = "alerts") -> Json:
    await town.alice.say("/autotask connect", channel=channel)
    return await town.alice.view("API Integration Code")


async def over_form(town: Town) -> Json:
    """The guide on top of a form in which something has been typed."""
    view = await form(town)
    await town.alice.type(view, secret="half a secret", integration_code="half a code")
    await town.alice.press(view, "guide.open")
    return await town.alice.view("Step 1 of 8")


async def alone(town: Town) -> Json:
    """The guide by itself."""
    await town.alice.say("/autotask guide")
    await town.alice.press(await town.alice.said_to_me("Lead me through it"), "guide.open")
    return await town.alice.view("Step 1 of 8")


async def stack(town: Town) -> list[Json]:
    reply = await town.http.get("/page/views", params={"as": town.alice.me})
    return list(reply.json()["stack"])


async def test_the_command_tells_all_of_it_and_offers_to_lead_through_it(town: Town) -> None:
    await town.alice.say("/autotask guide")

    told = words(await town.alice.said_to_me("Lead me through it"))
    assert [step.title for step in STEPS if step.title not in told] == []
    assert "Password (Secret) goes into Secret" in told
    assert "your own login into Username" in told


async def test_next_leads_through_all_eight_steps_and_back_returns(town: Town) -> None:
    view = await alone(town)
    assert "guide.back" not in words(view)
    for number in range(2, 9):
        await town.alice.press(view, "guide.next")
        view = await town.alice.view(f"Step {number} of 8")
        assert STEPS[number - 1].where in words(view)
    assert "guide.next" not in words(view)

    await town.alice.press(view, "guide.back")
    await town.alice.view("Step 7 of 8")


async def test_a_step_says_what_to_copy_into_which_field_and_what_others_get_wrong(
    town: Town,
) -> None:
    view = await alone(town)
    chosen = {"type": "static_select", "selected_option": {"value": "5"}}
    await town.alice.press(view, "guide.choose", chosen)

    view = await town.alice.view("Step 5 of 8")
    assert "Copy *Username (Key)* into the field *Username*" in words(view)
    assert "Copy *Password (Secret)* into the field *Secret*" in words(view)
    (alert,) = (block for block in view["blocks"] if block["type"] == "alert")
    assert "Your own login is not used anywhere" in alert["text"]["text"]


async def test_a_press_on_what_is_no_longer_shown_turns_nothing(town: Town) -> None:
    """Of two quick presses on Next the first one counts."""
    view = await alone(town)
    await town.alice.press(view, "guide.next")
    await town.alice.view("Step 2 of 8")
    late = Request(
        Kind.ACTION, "T1", town.alice.me, town.bot.slack, key="guide.next", value="3", view=view
    )
    await guide.turn(town.desk, late)

    await town.alice.view("Step 2 of 8")
    assert [each["error"] for each in town.slack.refusals] == ["hash_conflict"]
    town.slack.refusals.clear()


async def test_the_guide_over_the_form_leads_back_to_all_that_was_typed(town: Town) -> None:
    view = await over_form(town)
    await town.alice.press(view, "guide.next")
    view = await town.alice.view("Step 2 of 8")
    assert view["submit"]["text"] == "Back to the form"
    assert (await town.alice.submit(view))["result"] == "closed"

    (only,) = await stack(town)
    kept = {name: next(iter(state.values())).get("value") for name, state in only["values"].items()}
    assert kept["secret"] == "half a secret"
    assert kept["integration_code"] == "half a code"


async def test_the_guide_alone_leads_to_the_form_in_its_place_and_that_one_connects(
    town: Town,
) -> None:
    assert (await town.alice.submit(await alone(town)))["ok"]
    view = await town.alice.view("API Integration Code")
    assert len(await stack(town)) == 1

    await town.alice.submit(view, **await town.alice.good_values())
    shown = await town.alice.view("is *Active*")
    assert f"<#{town.alice.channels['alerts']}>" in words(shown)


async def test_from_the_form_that_the_guide_led_to_one_may_look_at_the_guide_again(
    town: Town,
) -> None:
    await town.alice.submit(await alone(town))
    view = await town.alice.view("API Integration Code")
    await town.alice.press(view, "guide.open")

    assert (await town.alice.view("Step 1 of 8"))["submit"]["text"] == "Back to the form"
    assert len(await stack(town)) == 2


async def test_a_member_may_read_the_guide_and_is_told_who_may_connect(town: Town) -> None:
    bob = await town.player("Bob")
    await bob.say("/autotask guide")
    answer = await bob.said_to_me("Lead me through it")
    await bob.press(answer, "guide.open")
    await bob.submit(await bob.view("Step 1 of 8"))

    await bob.view("Only workspace admins")


async def test_the_guide_s_form_is_no_way_round_the_question_who_may(town: Town) -> None:
    view = await alone(town)
    town.desk.people = People()
    await town.http.post("/page/workspace", json={"do": "demote", "user": town.alice.me})
    await town.alice.submit(view)

    await town.alice.view("Only workspace admins")
