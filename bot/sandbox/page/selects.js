/** Select menus: which options an element has, and how the chosen ones are reported. */

import { asText } from "./emoji.js";
import { createPicker } from "./picker.js";

const SOURCES = {
  static_select: { options: staticOptions, one: "selected_option", many: "selected_options" },
  users_select: { options: people, one: "selected_user", many: "selected_users" },
  conversations_select: { options: conversations, one: "selected_conversation", many: "selected_conversations" },
  channels_select: { options: publicChannels, one: "selected_channel", many: "selected_channels" },
};

const LEAST_TYPED = 3;

/** A picker over options, people or conversations; `multi_` types choose several. */
export function drawSelect({ element, state, attributes, field, directory, report }) {
  const multiple = element.type.startsWith("multi_");
  const source = SOURCES[element.type.replace("multi_", "")];
  const options = source.options(element, directory);
  const key = multiple ? source.many : source.one;
  const chosen = chosenAt(element, state, key);
  return createPicker({
    options,
    multiple,
    most: element.max_selected_items ?? Infinity,
    selected: chosen.map((each) => each.value ?? each),
    placeholder: element.placeholder?.text ?? "Choose",
    attributes,
    clearable: Boolean(field?.optional),

    onChange: (values) => report({ [key]: reported(values.map((value) => original(options, value)), multiple) }),
  });
}

/** A picker over what the app offers for the text that is typed. */
export function drawSearch({ element, state, attributes, field, suggest, report }) {
  const multiple = element.type.startsWith("multi_");
  const key = multiple ? "selected_options" : "selected_option";
  const chosen = chosenAt(element, state, key);
  const known = new Map(chosen.map((option) => [option.value, option]));
  const least = element.min_query_length ?? LEAST_TYPED;
  return suggest && createPicker({
    options: chosen.map((option) => asChoice(option)),
    multiple,
    most: element.max_selected_items ?? Infinity,
    selected: chosen.map((option) => option.value),
    placeholder: element.placeholder?.text ?? "Choose",
    attributes,
    clearable: Boolean(field?.optional),
    emptiness: (text) => (text.length < least ? `Type ${least} letters or more` : "Nothing found"),

    async search(text) {
      const { option_groups: groups = [] } = await suggest(text);
      const offered = groups.flatMap(({ label, options }) => options.map((each) => asChoice(each, label?.text)));
      for (const { value, option } of offered) known.set(value, option);
      return offered;
    },

    onChange: (values) => report({ [key]: reported(values.map((value) => known.get(value)), multiple) }),
  });
}

function chosenAt(element, state, key) {
  return [state ? state[key] : element[key.replace("selected", "initial")]].flat().filter(Boolean);
}

function reported(values, multiple) {
  return multiple ? values : (values[0] ?? null);
}

function original(options, value) {
  return options.find((option) => option.value === value)?.option ?? value;
}

function staticOptions(element) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap((group) =>
    group.options.map((option) => asChoice(option, group.label?.text)),
  );
}

function asChoice(option, group) {
  return {
    option,
    value: option.value,
    label: asText(option.text.text),
    description: option.description && asText(option.description.text),
    group,
  };
}

function people(element, directory) {
  return directory.people.map((person) => ({ value: person.id, label: person.name, person }));
}

function publicChannels(element, directory) {
  return directory.channels.filter((channel) => channel.kind === "public" && !channel.archived).map(channelOption);
}

function conversations(element, directory) {
  const kinds = element.filter?.include;
  const wanted = (channel) => !channel.archived && (!kinds || kinds.includes(channel.kind));
  return directory.channels.filter(wanted).map(channelOption);
}

function channelOption(channel) {
  const sign = { public: "#", private: "🔒 " }[channel.kind] ?? "@";
  return { value: channel.id, label: `${sign}${channel.name}` };
}
