/** Labels beside line ends: where they would collide they are pushed apart. */

interface Block {
  /** Sum of the places that its labels want, each less its offset in the block. */
  sum: number;
  members: number[];
  height: number;
}

const placeOf = (block: Block, low: number, high: number): number => {
  const wanted = block.sum / block.members.length;
  return Math.min(Math.max(wanted, low), Math.max(low, high - block.height));
};

/**
 * Places nearest to the wanted ones (in pixels) that are at least `gap` apart and inside `low … high`.
 *
 * Labels that collide become a block whose mean stays where it was, so the order and the middle are kept.
 */
export function pushApart(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const blocks: Block[] = [];
  for (const index of order) {
    let block: Block = { sum: wanted[index] as number, members: [index], height: 0 };
    for (let before = blocks.at(-1); before; before = blocks.at(-1)) {
      const end = placeOf(before, low, high) + before.height + gap;
      if (placeOf(block, low, high) >= end) break;
      blocks.pop();
      const shift = before.height + gap;
      block = {
        sum: before.sum + block.sum - shift * block.members.length,
        members: [...before.members, ...block.members],
        height: before.height + gap + block.height,
      };
    }
    blocks.push(block);
  }
  const places = new Array<number>(wanted.length);
  for (const block of blocks) {
    const start = placeOf(block, low, high);
    block.members.forEach((index, i) => {
      places[index] = start + i * gap;
    });
  }
  return places;
}
