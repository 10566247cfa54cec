/** Who and what the ids stand for. */

/** The author of notes that the page itself makes. */
export const SANDBOX = "sandbox";

/** `people` and `channels` as the server lists them. */
export class Directory {
  constructor({ people = [], channels = [] } = {}) {
    this.people = people;
    this.channels = channels;
  }

  person(id) {
    return this.people.find((person) => person.id === id);
  }

  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  }

  /** Somebody to draw, even when the id is unknown. */
  author(id) {
    if (id === SANDBOX) return { id, name: "Sandbox chat", role: "sandbox" };
    return this.person(id) ?? { id: id ?? "?", name: id ?? "Somebody", role: "member" };
  }
}
