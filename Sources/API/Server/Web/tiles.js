// The grid of tiles: this person, everybody else, phones too. Twelve at most, of a size that fits the screen.

import { make, setText } from "./dom.js";
import { capacity, fit } from "./layout.js";
import { Seats } from "./seats.js";
import { OwnTile, Tile } from "./tile.js";

const gap = 10;

/** Event `change`: other people are in sight. */
export class Tiles extends EventTarget {
  #grid = document.getElementById("tiles");
  #more = make("div", { class: "tile more", role: "listitem" }, make("p", {}));
  #own = new OwnTile();
  #pictures;
  #self = null;
  #people = new Map();
  #seats = new Seats(null);
  #speaking = [];
  #tiles = new Map();
  #shown = [];

  constructor(pictures) {
    super();
    this.#pictures = pictures;
    pictures.addEventListener("change", () => this.#hang());
    new ResizeObserver(() => this.#arrange()).observe(this.#grid);
  }

  /** Whose tiles are in sight, the most important first: who was heard last, then as they stand. */
  get shown() {
    const loudest = this.#speaking.find((id) => this.#shown.includes(id));
    return loudest ? [loudest, ...this.#shown.filter((id) => id !== loudest)] : this.#shown;
  }

  update(people, self) {
    if (self !== this.#self) this.#seats = new Seats(self);
    this.#self = self;
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#arrange();
    for (const [id, tile] of this.#tiles) tile.update(this.#people.get(id));
    this.#hang();
  }

  /** The `speaking` frame. */
  speak(ids) {
    this.#speaking = ids.length > 0 ? ids : this.#speaking;
    this.#seats.speak(ids);
    this.#arrange();
    for (const [id, tile] of this.#tiles) tile.speak(ids.includes(id));
  }

  #arrange() {
    const style = getComputedStyle(this.#grid);
    const space = {
      width: this.#grid.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
      height: this.#grid.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
      gap,
      isUpright: innerHeight > innerWidth,
    };
    // Out of sight: there is nothing to count out.
    if (space.width <= 0 || space.height <= 0) return;
    const everybody = [...this.#people.keys()];
    const { shown, hidden } = this.#seats.arrange(everybody, capacity(space));
    this.#place(shown, hidden.length);
    const tile = fit(Math.max(1, shown.length + (hidden.length > 0 ? 1 : 0)), space);
    this.#grid.style.setProperty("--tile-width", `${tile.width}px`);
    this.#grid.style.setProperty("--tile-height", `${tile.height}px`);
    this.#grid.dataset.size = tile.height < 130 || tile.width < 150 ? "small" : "large";
    this.#grid.dataset.count = String(shown.length + hidden.length);
    if (shown.join() === this.#shown.join()) return;
    this.#shown = shown;
    this.#hang();
    this.dispatchEvent(new Event("change"));
  }

  /** Only who comes, goes or changes his place is moved: a video that is moved stops for a moment. */
  #place(shown, more) {
    for (const [id, tile] of this.#tiles) {
      if (shown.includes(id)) continue;
      if (tile !== this.#own) tile.element.remove();
      this.#tiles.delete(id);
    }
    shown.forEach((id, index) => {
      let tile = this.#tiles.get(id);
      if (!tile) {
        tile = id === this.#self ? this.#own : new Tile(this.#people.get(id));
        this.#tiles.set(id, tile);
        tile.update(this.#people.get(id));
      }
      if (this.#grid.children[index] !== tile.element) this.#grid.insertBefore(tile.element, this.#grid.children[index] ?? null);
    });
    setText(this.#more.firstElementChild, `and ${more} more`);
    if (more > 0) this.#grid.append(this.#more);
    else this.#more.remove();
  }

  #hang() {
    for (const [id, tile] of this.#tiles) tile.show(this.#people.get(id)?.camera ? this.#pictures.of(id, "video") : null);
  }
}
