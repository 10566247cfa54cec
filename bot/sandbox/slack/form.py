"""What a person has typed and chosen: kept while the blocks around it change."""

from collections.abc import Callable
from typing import Any, NamedTuple

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.entries import complaint
from bot.sandbox.slack.layout import Placed, placed
from bot.sandbox.slack.refusal import Impossible

Here = Callable[[Json], str | None]


class Kind(NamedTuple):
    """An input element's key in `state.values`, the property that fills it, and what is empty."""

    state: str
    initial: str
    empty: Any = None


KINDS = {
    "plain_text_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "static_select": Kind("selected_option", "initial_option"),
    "external_select": Kind("selected_option", "initial_option"),
    "radio_buttons": Kind("selected_option", "initial_option"),
    "multi_static_select": Kind("selected_options", "initial_options", []),
    "multi_external_select": Kind("selected_options", "initial_options", []),
    "checkboxes": Kind("selected_options", "initial_options", []),
    "users_select": Kind("selected_user", "initial_user"),
    "multi_users_select": Kind("selected_users", "initial_users", []),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", []),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "multi_channels_select": Kind("selected_channels", "initial_channels", []),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
    "file_input": Kind("files", "files", []),
}


class Form:
    """The state of every input element in some blocks.

    Where block_id, action_id and type are as they were in the form `before`, what was entered is
    kept; anything else starts with its `initial_...`. `here` tells, for an element that defaults to
    the conversation that the person looks at, which one that is.
    """

    def __init__(
        self, blocks: list[Json], *, before: "Form | None" = None, here: Here = lambda _: None
    ) -> None:
        self._fields = {each.key: each for each in placed(blocks)}
        self.offered: dict[tuple[str, str], list[Json]] = dict(before.offered) if before else {}
        """What the app has offered in menus that it fills."""
        self._states = {
            key: _kept(each, before) or _fresh(each.element, here)
            for key, each in self._fields.items()
            if each.element["type"] in KINDS
        }

    def find(self, block_id: str, action_id: str) -> Placed:
        """Raises Impossible where there is no such element."""
        try:
            return self._fields[block_id, action_id]
        except KeyError:
            raise Impossible(f"There is no element {block_id} / {action_id} here.") from None

    def offer(self, block_id: str, action_id: str, options: list[Json]) -> None:
        """The app has offered these in a menu that it fills, beside those before."""
        known = {each["value"]: each for each in self.offered.get((block_id, action_id), ())}
        fresh = {each["value"]: each for each in options}
        self.offered[block_id, action_id] = [*(known | fresh).values()]

    def enter(self, block_id: str, action_id: str, value: Json) -> None:
        """Type or choose: `value` is the element's state, such as {"value": "text"}. Elements
        without state, such as buttons, keep none. Raises Impossible.
        """
        element = self.find(block_id, action_id).element
        if not isinstance(value, dict):
            raise Impossible("A value must be an object.")
        if kind := KINDS.get(element["type"]):
            entered = _listed(self._filled(element, (block_id, action_id)), value.get(kind.state))
            if kind.state == "value" and not isinstance(entered, str | None):
                raise Impossible("Only text can be typed.")
            self._states[block_id, action_id] = {
                "type": element["type"],
                kind.state: entered if entered or entered == 0 else kind.empty,
            }

    def enter_all(self, values: Json) -> None:
        """Several at once: block_id to action_id to state. Raises Impossible."""
        for block_id, entered in values.items():
            if not isinstance(entered, dict):
                raise Impossible("values must map block_ids and action_ids to states.")
            for action_id, value in entered.items():
                self.enter(block_id, action_id, value)

    def chosen(self, block_id: str, action_id: str, value: Json) -> Json:
        """What an action says was chosen: the state that is kept, or else what the page sent."""
        if state := self._states.get((block_id, action_id)):
            return state
        element = self.find(block_id, action_id).element
        return {name: _listed(element, each) for name, each in value.items() if name != "type"}

    def values(self) -> dict[str, dict[str, Json]]:
        """`state.values`: block_id to action_id to state."""
        values: dict[str, dict[str, Json]] = {}
        for (block_id, action_id), state in self._states.items():
            values.setdefault(block_id, {})[action_id] = state
        return values

    def complaints(self) -> dict[str, str]:
        """What Slack's client refuses to submit: block_id to sentence."""
        found = {}
        for key, state in self._states.items():
            block, element = self._fields[key]
            value = state[KINDS[element["type"]].state]
            wrong = complaint(element, value, optional=bool(block.get("optional")))
            if wrong and self._fields[key].is_input:
                found[key[0]] = wrong
        return found

    def inputs(self) -> set[str]:
        """The block_ids that errors may be shown at."""
        return {key[0] for key, field in self._fields.items() if field.is_input}

    def answerable(self) -> list[tuple[str, str, str]]:
        """block_id, action_id and chosen conversation of inputs with `response_url_enabled`."""
        chosen = (
            (*key, self._states[key].get(KINDS[field.element["type"]].state))
            for key, field in self._fields.items()
            if field.element.get("response_url_enabled")
        )
        return [
            (block, action, conversation) for block, action, conversation in chosen if conversation
        ]

    def _filled(self, element: Json, key: tuple[str, str]) -> Json:
        """With the options that can be chosen, where the app fills the menu."""
        if "external_select" not in element["type"]:
            return element
        first = element.get("initial_options") or [element.get("initial_option")]
        options = [*filter(None, first), *self.offered.get(key, ())]
        return {**element, "options": options}

    def state_of(self, key: tuple[str, str]) -> Json | None:
        return self._states.get(key)

    def type_of(self, key: tuple[str, str]) -> str | None:
        return self._fields[key].element["type"] if key in self._fields else None


def _kept(field: Placed, before: Form | None) -> Json | None:
    if before is None or before.type_of(field.key) != field.element["type"]:
        return None
    return before.state_of(field.key)


def _fresh(element: Json, here: Here) -> Json:
    kind = KINDS[element["type"]]
    value = element.get(kind.initial)
    if value is None and element.get("default_to_current_conversation"):
        current = here(element)
        value = current if kind.empty is None else [current] * bool(current)
    return {"type": element["type"], kind.state: kind.empty if value is None else value}


def _listed(element: Json, value: Any) -> Any:
    """Options as the app wrote them, found by their value. Raises Impossible for others."""
    match value:
        case {"value": chosen} if "options" in element or "option_groups" in element:
            for option in _options(element):
                if option["value"] == chosen:
                    return option
            raise Impossible(f"{chosen} is not among the options.")
        case [*chosen]:
            return [_listed(element, each) for each in chosen]
        case _:
            return value


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    return [option for group in groups for option in group["options"]]
