// How many tiles fit into a space, and how large each of them is then.

/** Width to height: a face is shown neither in a ribbon nor in a slit. A phone's own camera is upright, a desk's is not, however slim the column of its tiles. */
const slimmest = ({ isUpright }) => (isUpright ? 3 / 4 : 4 / 3);
const widest = 16 / 9;
/** In CSS pixels: below this nobody is recognised, and no name can be read. */
const leastWidth = 104;
const leastHeight = 72;

export const mostTiles = 12;

/** The largest equal tiles of which `count` fit into `space` ({width, height, gap} in CSS pixels; isUpright: the screen is): {columns, width, height}. */
export function fit(count, space) {
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const roomy = { width: (space.width - space.gap * (columns - 1)) / columns, height: (space.height - space.gap * (rows - 1)) / rows };
    const width = Math.floor(Math.min(roomy.width, roomy.height * widest));
    const height = Math.floor(Math.min(roomy.height, width / slimmest(space)));
    if (width > 0 && height > 0 && width * height > best.width * best.height) best = { columns, width, height };
  }
  return best;
}

/** How many tiles of a readable size fit into `space`: two at least, so that nobody sees only himself, and twelve at most. */
export function capacity(space) {
  for (let count = mostTiles; count > 2; count -= 1) {
    const { width, height } = fit(count, space);
    if (width >= leastWidth && height >= leastHeight) return count;
  }
  return 2;
}
