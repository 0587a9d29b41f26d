/** The place under the pointer, with the value of every curve at it; over steps it is the same in all panels. */
import { formatCount, formatNumber } from '../../draw/format';
import type { Cursor } from '../cursor';
import { Tip, type TipRow } from '../tip';
import type { Curve } from './plan';
import { colourOf, type LinesScene, mappingOf, marginsOf } from './scene';

/** A tip of more rows would cover the picture: the nearest ones are told, the table has all. */
const MOST_ROWS = 10;

/** The place of the curve that lies nearest to `x` on the screen; −1 of none. */
export function nearestPlace(curve: Curve, x: number, toX: (value: number) => number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < curve.x.length; i += 1) {
    const distance = Math.abs(toX(curve.x[i] as number) - toX(x));
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

export class LinesHover {
  readonly #host: HTMLElement;
  readonly #line = document.createElement('div');
  readonly #tip: Tip;
  readonly #redraw: () => void;
  #scene: LinesScene | null = null;
  #cursor: Cursor | null = null;
  #leaveCursor: () => void = () => undefined;
  #pointer: { x: number; y: number } | null = null;
  /** The curve nearest to the pointer. */
  near: string | null = null;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#line.className = 'panel-cursor';
    this.#line.hidden = true;
    host.append(this.#line);
    this.#tip = new Tip(host);
    host.addEventListener('pointermove', this.#move);
    host.addEventListener('pointerdown', this.#move);
    host.addEventListener('pointerleave', this.#leave);
  }

  update(scene: LinesScene, cursor: Cursor): void {
    this.#scene = scene;
    if (cursor !== this.#cursor) {
      this.#leaveCursor();
      this.#cursor = cursor;
      this.#leaveCursor = cursor.subscribe(this.#show);
    }
    this.#show();
  }

  hide(): void {
    this.#scene = null;
    this.#show();
  }

  dispose(): void {
    this.#leaveCursor();
    this.#host.removeEventListener('pointermove', this.#move);
    this.#host.removeEventListener('pointerdown', this.#move);
    this.#host.removeEventListener('pointerleave', this.#leave);
    this.#host.replaceChildren();
  }

  #move = (event: PointerEvent): void => {
    const scene = this.#scene;
    if (!scene) return;
    const box = this.#host.getBoundingClientRect();
    const margins = marginsOf(scene);
    this.#pointer = { x: event.clientX - box.left - margins.l, y: event.clientY - box.top - margins.t };
    if (scene.isTime) this.#cursor?.set(Math.round(this.#value(scene) ?? 0));
    this.#show();
    const near = this.#rowsAt(scene, this.#value(scene))[0]?.curve.name ?? null;
    if (near === this.near) return;
    this.near = near;
    this.#redraw();
  };

  #leave = (): void => {
    this.#pointer = null;
    if (this.#scene?.isTime) this.#cursor?.set(null);
    this.#show();
    if (this.near === null) return;
    this.near = null;
    this.#redraw();
  };

  /** The value of x under the pointer, or the step hovered elsewhere; null for none. */
  #value(scene: LinesScene): number | null {
    if (this.#pointer) {
      const mapping = mappingOf(scene);
      return mapping.fromX(Math.min(Math.max(0, this.#pointer.x), mapping.width));
    }
    return scene.isTime ? (this.#cursor?.step ?? null) : null;
  }

  /** The curves with their place at `x`, the nearest to the pointer first. */
  #rowsAt(scene: LinesScene, x: number | null): { curve: Curve; place: number; y: number }[] {
    if (x === null) return [];
    const { toX, toY } = mappingOf(scene);
    const found = scene.curves.flatMap((curve) => {
      const place = nearestPlace(curve, x, toX);
      return place < 0 ? [] : [{ curve, place, y: toY(curve.y[place] as number) }];
    });
    const pointer = this.#pointer;
    if (!pointer) return found;
    const distance = ({ y }: { y: number }): number => (Number.isFinite(y) ? Math.abs(y - pointer.y) : Infinity);
    return found.sort((a, b) => distance(a) - distance(b) || 0);
  }

  #show = (): void => {
    const scene = this.#scene;
    const rows = scene ? this.#rowsAt(scene, this.#value(scene)) : [];
    const first = rows[0];
    this.#line.hidden = !first;
    if (!scene || !first) {
      this.#tip.hide();
      return;
    }
    const margins = marginsOf(scene);
    const at = first.curve.x[first.place] as number;
    const x = margins.l + mappingOf(scene).toX(at);
    this.#line.style.transform = `translateX(${x.toFixed(1)}px)`;
    this.#line.style.top = `${margins.t}px`;
    this.#line.style.bottom = `${margins.b}px`;
    const left = rows.length - MOST_ROWS;
    const more: TipRow[] = left > 0 ? [{ name: `and ${left} more` }] : [];
    const values = rows.slice(0, MOST_ROWS).map(({ curve, place }) => valueRow(scene, curve, place));
    this.#tip.show(x, margins.t + 4, [{ name: headOf(scene, first.place, at) }, ...values, ...more]);
  };
}

function headOf(scene: LinesScene, place: number, x: number): string {
  if (scene.xNames) return scene.xNames[place] ?? '';
  return scene.isTime ? `step ${formatCount(x)}` : `${scene.xTitle} ${formatNumber(x)}`;
}

function valueRow(scene: LinesScene, curve: Curve, place: number): TipRow {
  const value = formatNumber(curve.y[place] as number);
  const [low, high] = [curve.low?.[place], curve.high?.[place]];
  const band = low === undefined || high === undefined ? '' : ` (${formatNumber(low)} … ${formatNumber(high)})`;
  return { name: curve.name, value: value + band, colour: colourOf(curve, scene), isStrong: true };
}
