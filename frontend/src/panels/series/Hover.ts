/** One step is hovered in all panels at once: a line, and the values at it. */
import { formatCount, formatFixed } from '../../draw/format';
import { firstFrom } from '../../draw/thinning';
import type { Cursor } from '../cursor';
import type { Scene } from '../drawing';
import { Tip, type TipRow } from '../tip';
import { extentOf, placeLabels } from './labels';
import type { SeriesPlan } from './plot';
import { colourOf, type Line, mappingOf, marginsOf, type SeriesScene } from './scene';

/** Place of the newest point that is not after the step; −1 before the first. */
const placeAt = (line: Line, step: number): number => firstFrom(line.steps, step + 0.5) - 1;

export class Hover {
  readonly #host: HTMLElement;
  readonly #line = document.createElement('div');
  readonly #tip: Tip;
  #cursor: Cursor | null = null;
  #leaveCursor: () => void = () => undefined;
  #plan: SeriesPlan | null = null;
  #figure: SeriesScene | null = null;
  #stepsPerEpoch = 0;
  /** Pixel row of the pointer in this panel; null while it is in another one. */
  #pointerY: number | null = null;

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#line.className = 'panel-cursor';
    this.#line.hidden = true;
    host.append(this.#line);
    this.#tip = new Tip(host);
    host.addEventListener('pointermove', this.#move);
    host.addEventListener('pointerdown', this.#move);
    host.addEventListener('pointerleave', this.#leave);
  }

  update(plan: SeriesPlan, scene: Scene, figure: SeriesScene): void {
    this.#plan = plan;
    this.#figure = figure;
    this.#stepsPerEpoch = scene.props.stepsPerEpoch;
    if (scene.props.cursor !== this.#cursor) {
      this.#leaveCursor();
      this.#cursor = scene.props.cursor;
      this.#leaveCursor = this.#cursor.subscribe(this.#show);
    }
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
    const figure = this.#figure;
    const train = figure?.lines.find((line) => line.role !== 'validation') ?? figure?.lines[0];
    if (!figure || !train || train.steps.length === 0) return;
    const box = this.#host.getBoundingClientRect();
    const mapping = mappingOf(figure);
    const wanted = mapping.fromX(event.clientX - box.left - marginsOf(figure).l);
    const last = train.steps[train.steps.length - 1] as number;
    this.#pointerY = event.clientY - box.top - marginsOf(figure).t;
    this.#cursor?.set(Math.round(Math.min(Math.max(wanted, figure.x[0]), last)));
    this.#show();
  };

  #leave = (): void => {
    this.#pointerY = null;
    this.#cursor?.set(null);
  };

  #show = (): void => {
    const figure = this.#figure;
    const step = this.#cursor?.step ?? figure?.viewStep ?? null;
    const isOn = figure !== null && step !== null && step >= figure.x[0] && step <= figure.x[1];
    this.#line.hidden = !isOn;
    if (!isOn) {
      this.#tip.hide();
      return;
    }
    const margins = marginsOf(figure);
    const x = margins.l + mappingOf(figure).toX(step);
    this.#line.style.transform = `translateX(${x.toFixed(1)}px)`;
    this.#line.style.top = `${margins.t}px`;
    this.#line.style.bottom = `${margins.b}px`;
    this.#tip.show(x, this.#tipTop(figure, step), this.#rows(figure, step));
  };

  /** Below the words of marks, or at the foot where names of lines stand in that place. */
  #tipTop(figure: SeriesScene, step: number): number {
    const margins = marginsOf(figure);
    const mapping = mappingOf(figure);
    const top = 14;
    const height = 17 * (1 + 2 * figure.lines.length) * figure.theme.textScale;
    const x = mapping.toX(step);
    const isCovered = placeLabels(figure, mapping).some((label) => {
      const [from, to] = extentOf(label, figure.theme);
      return to > x && from < x + 140 && label.y > top - 8 && label.y < top + height;
    });
    return margins.t + (isCovered ? Math.max(top, mapping.height - height - 2) : top);
  }

  #rows(figure: SeriesScene, step: number): TipRow[] {
    const head = [`step ${formatCount(step)}`];
    if (this.#stepsPerEpoch > 0) head.push(`epoch ${formatFixed(step / this.#stepsPerEpoch, 1)}`);
    const mapping = mappingOf(figure);
    const found = figure.lines.flatMap((line) => {
      const place = placeAt(line, step);
      return place < 0 ? [] : [{ line, place, y: mapping.toY((line.values[place] as number) * figure.factor) }];
    });
    const pointer = this.#pointerY;
    if (pointer !== null) found.sort((a, b) => Math.abs(a.y - pointer) - Math.abs(b.y - pointer));
    return [{ name: head.join(' · ') }, ...found.flatMap(({ line, place }) => this.#rowsOf(figure, line, place))];
  }

  #rowsOf(figure: SeriesScene, line: Line, place: number): TipRow[] {
    const write = (values: Float64Array): string => this.#plan?.format((values[place] as number) * figure.factor) ?? '';
    const row: TipRow = {
      name: line.name,
      value: write(line.values),
      colour: colourOf(line.role, figure.theme),
      isStrong: true,
    };
    return line.raw ? [row, { name: 'raw', value: write(line.raw) }] : [row];
  }
}
