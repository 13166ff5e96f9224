// Who has a tile when there are more people than tiles: whoever speaks comes into sight, and nobody else moves for it.

export class Seats {
  #self;
  #seated = [];
  #speaking = [];
  /** When each was heard last, counted in `speaking` frames. */
  #heard = new Map();
  #count = 0;

  /** This person's own tile is always there, and the first. */
  constructor(self) { this.#self = self; }

  /** Who speaks now, loudest first. */
  speak(ids) {
    this.#speaking = ids;
    this.#count += 1;
    for (const id of ids) this.#heard.set(id, this.#count);
  }

  /**
   * Seats `everybody` (in the order of their coming) on `places` tiles: {shown, hidden}, ids in their order.
   * If not all fit, one tile is left free for «and N more».
   */
  arrange(everybody, places) {
    for (const id of this.#heard.keys()) if (!everybody.includes(id)) this.#heard.delete(id);
    const count = everybody.length <= places ? everybody.length : places - 1;
    this.#seated = this.#seated.filter((id) => everybody.includes(id));
    if (everybody.includes(this.#self) && this.#seated[0] !== this.#self) this.#seated = [this.#self, ...this.#seated.filter((id) => id !== this.#self)];
    while (this.#seated.length > count) this.#seated.splice(this.#leastHeard(), 1);
    const waiting = everybody.filter((id) => !this.#seated.includes(id)).sort((a, b) => this.#lastHeard(b) - this.#lastHeard(a));
    while (this.#seated.length < count) this.#seated.push(waiting.shift());
    for (const id of this.#speaking) {
      if (!waiting.includes(id)) continue;
      const seat = this.#leastHeard();
      // Everybody in sight speaks, too, or is this person.
      if (seat < 0 || this.#speaking.includes(this.#seated[seat]) || this.#seated[seat] === this.#self) break;
      this.#seated[seat] = id;
    }
    return { shown: [...this.#seated], hidden: everybody.filter((id) => !this.#seated.includes(id)) };
  }

  #lastHeard(id) { return this.#heard.get(id) ?? 0; }

  /** The seat to give away first: of who was silent for longest, the last one. */
  #leastHeard() {
    let found = this.#seated.length - 1;
    for (let seat = found - 1; seat >= 0; seat -= 1) {
      if (this.#seated[seat] !== this.#self && this.#lastHeard(this.#seated[seat]) < this.#lastHeard(this.#seated[found])) found = seat;
    }
    return found;
  }
}
