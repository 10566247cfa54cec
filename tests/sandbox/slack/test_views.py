"""views.*: triggers, the stack, and what the client keeps while a view changes."""

from typing import Any

import pytest

from tests.sandbox.slack.apps import modal, plain, typed
from tests.sandbox.slack.town import Town

Json = dict[str, Any]


def kept(view: Json) -> Json:
    return {
        f"{block}.{action}": next(value for name, value in state.items() if name != "type")
        for block, actions in view["values"].items()
        for action, state in actions.items()
    }


async def test_a_trigger_is_good_for_one_view_within_three_seconds(town: Town) -> None:
    used, late = town.trigger(), town.trigger()
    await town.call("views.open", trigger_id=used, view=modal(typed("a")))
    town.clock.now += 1
    again = await town.call("views.open", trigger_id=used, view=modal(typed("a")))
    town.clock.now += 2
    expired = await town.call("views.open", trigger_id=late, view=modal(typed("a")))
    unknown = await town.call("views.open", trigger_id="1.2.abc", view=modal(typed("a")))

    assert again["error"] == "exchanged_trigger_id"
    assert expired["error"] == "expired_trigger_id"
    assert unknown["error"] == "invalid_trigger_id"


async def test_an_update_with_an_old_hash_loses(town: Town) -> None:
    view = await town.view(modal(typed("a")))
    order = {"view_id": view["id"], "hash": view["hash"], "view": modal(typed("b"))}

    assert (await town.call("views.update", **order))["ok"]
    assert (await town.call("views.update", **order))["error"] == "hash_conflict"
    assert (await town.call("views.update", **{**order, "hash": None}))["ok"]


async def test_a_closed_view_is_not_found(town: Town) -> None:
    view = await town.view(modal(typed("a")))
    await town.alice.do("close", view_id=view["id"])

    answer = await town.call("views.update", view_id=view["id"], view=modal(typed("a")))

    assert answer["error"] == "not_found"
    assert await town.alice.stack() == []


async def test_a_stack_is_three_deep_and_closes_from_the_top(town: Town) -> None:
    root = await town.view(modal(typed("a")))
    pushed = [
        await town.call("views.push", trigger_id=town.trigger(), view=modal(typed("a")))
        for _ in range(3)
    ]
    assert pushed[2]["error"] == "push_limit_reached"
    first, second = pushed[0]["view"], pushed[1]["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (root["id"], first["id"])

    await town.alice.do("close", view_id=second["id"])
    assert [view["id"] for view in await town.alice.stack()] == [root["id"], first["id"]]
    await town.alice.do("close", view_id=first["id"], everything=True)
    assert await town.alice.stack() == []


async def test_an_external_id_is_unique_and_finds_its_view(town: Town) -> None:
    await town.view(modal(typed("a"), external_id="mine"))
    same = modal(typed("a"), external_id="mine")
    refused = await town.call("views.push", trigger_id=town.trigger(), view=same)
    assert refused["error"] == "duplicate_external_id"

    found = await town.call("views.update", external_id="mine", view=modal(typed("b")))
    assert found["ok"]
    assert (await town.alice.stack())[0]["blocks"][0]["block_id"] == "b"


async def test_values_stay_where_block_and_action_stay(town: Town) -> None:
    view = await town.view(modal(typed("a"), typed("b"), typed("c")))
    for block in "abc":
        value = {"value": block.upper()}
        await town.alice.do(
            "type", view_id=view["id"], block_id=block, action_id="value", value=value
        )

    other_action = typed("b", action_id="other")
    changed = modal(typed("a", initial_value="ignored"), other_action, typed("d"))
    await town.call("views.update", view_id=view["id"], view=changed)
    await town.call("views.update", view_id=view["id"], view=modal(typed("a"), typed("c")))

    (shown,) = await town.alice.stack()
    assert kept(shown) == {"a.value": "A", "c.value": None}


async def test_initial_values_count_for_fresh_inputs(town: Town) -> None:
    view = await town.view(modal(typed("a", initial_value="first")))

    assert view["state"]["values"]["a"]["value"]["value"] == "first"


@pytest.mark.parametrize(
    ("name", "filtered", "shown"),
    [("general", {}, True), ("ops", {"include": ["public"]}, False), ("partners", {}, False)],
)
async def test_a_picker_starts_with_the_current_conversation_if_the_filter_lets_it(
    town: Town, name: str, filtered: Json, *, shown: bool
) -> None:
    channel = await town.alice.channel(name)
    element = {
        "type": "conversations_select",
        "action_id": "value",
        "default_to_current_conversation": True,
        "filter": {"exclude_external_shared_channels": True, **filtered},
    }
    view = await town.view(modal({**typed("to"), "element": element}), channel)

    state = view["state"]["values"]["to"]["value"]
    assert state["selected_conversation"] == (channel if shown else None)


async def test_required_and_short_and_long_entries_are_refused_by_the_client(town: Town) -> None:
    fields = [
        typed("required"),
        {**typed("optional"), "optional": True},
        typed("short", min_length=3, initial_value="ab"),
        typed("long", max_length=3, initial_value="abcd"),
        typed("url", type="url_text_input", initial_value="nowhere"),
        typed("email", type="email_text_input", initial_value="nobody"),
        typed("number", type="number_input", is_decimal_allowed=False, initial_value="1.5"),
        typed("small", type="number_input", is_decimal_allowed=True, min_value="2"),
    ]
    view = await town.view(modal(*fields))

    values = {"small": {"value": {"value": "1.5"}}}
    answer = await town.alice.do("submit", view_id=view["id"], values=values)

    assert answer == {
        "ok": False,
        "errors": {
            "required": "Please complete this required field.",
            "short": "Please enter at least 3 characters.",
            "long": "Please enter no more than 3 characters.",
            "url": "Please enter a valid URL.",
            "email": "Please enter a valid email address.",
            "number": "Please enter a number.",
            "small": "Please enter 2 or more.",
        },
    }


async def test_only_offered_options_can_be_chosen(town: Town) -> None:
    options = [{"text": plain("One"), "value": "1", "description": plain("The first")}]
    element = {"type": "checkboxes", "action_id": "value", "options": options}
    view = await town.view(modal({**typed("pick"), "element": element}))
    where = {"view_id": view["id"], "block_id": "pick", "action_id": "value"}

    refused = await town.alice.do("type", **where, value={"selected_options": [{"value": "2"}]})
    taken = await town.alice.do("type", **where, value={"selected_options": [{"value": "1"}]})

    assert refused == {"ok": False, "error": "2 is not among the options."}
    assert taken == {"ok": True}
    assert kept((await town.alice.stack())[0]) == {"pick.value": options}


@pytest.mark.parametrize("values", [{"a": {"value": {"value": 5}}}, {"a": 5}, {"a": {"value": 5}}])
async def test_nonsense_is_not_typed(town: Town, values: Json) -> None:
    view = await town.view(modal(typed("a")))

    answer = await town.alice.do("submit", view_id=view["id"], values=values)

    assert not answer["ok"]
    assert kept((await town.alice.stack())[0]) == {"a.value": None}


async def test_a_home_tab_is_each_persons_own(town: Town) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await town.call("views.publish", user_id=town.bob.id, view=home)
    stale = await town.call("views.publish", user_id=town.bob.id, view=home, hash="old")
    again = await town.call("views.publish", user_id=town.bob.id, view=home)

    assert stale["error"] == "hash_conflict"
    assert again["view"]["id"] == first["view"]["id"]
    assert (await town.alice.get("views"))["home"] is None
    no_fit = {"type": "home", "blocks": [{"type": "divider"}] * 101}
    too_many = await town.call("views.publish", user_id=town.bob.id, view=no_fit)
    assert "no more than 100 items" in too_many["response_metadata"]["messages"][0]
    nobody = await town.call("views.publish", user_id="U0", view=home)
    assert nobody["error"] == "invalid_arguments"


async def test_without_a_home_tab_nothing_is_published_and_nobody_opens_it(town: Town) -> None:
    town.world._cloud.installation.home_tab = False
    home = {"type": "home", "blocks": [{"type": "divider"}]}

    refused = await town.call("views.publish", user_id=town.bob.id, view=home)

    assert refused["error"] == "not_enabled"
    assert not town.world._cloud.installation.hears("app_home_opened")
