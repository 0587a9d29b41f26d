/** The axes of the small multiples: each its own, or one for each column. They stand still while the values move. */
import { StickyLimits } from '../../draw/limits';
import type { Range } from '../../draw/ticks';
import type { HistogramItem } from '../../words/frames';
import { valueSpan } from '../histogram/rows';
import type { AxisOf } from './paint';
import type { Row } from './rows';

export class Axes {
  #limits = new Map<string, StickyLimits>();
  #of = '';

  /** Forgets what was, where the run or the way of sharing is another one. */
  axisOf(of: string, rows: readonly Row[], isShared: boolean, now: number): AxisOf {
    if (of !== this.#of) this.#limits.clear();
    this.#of = of;
    const found = new Map<string, Range>();
    return (row, quantity) => {
      const key = isShared ? `${quantity}` : `${row.node} ${quantity}`;
      const known = found.get(key);
      if (known) return known;
      const items = (isShared ? rows : [row]).flatMap((one): HistogramItem[] => {
        const item = one.items[quantity];
        return item ? [item] : [];
      });
      const limits = this.#limits.get(key) ?? new StickyLimits({ most: 16 });
      this.#limits.set(key, limits);
      const axis = limits.update(valueSpan(items), now);
      found.set(key, axis);
      return axis;
    };
  }
}
