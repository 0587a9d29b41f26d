/** What the network wrote: the words it was given in grey, its own in ink, earlier ones below when there is room. */
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { formatCount, formatFixed } from '../../draw/format';
import { asShape, type FrameOf, type TextItem } from '../../words/frames';
import { type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Freshness, metaOf } from '../words';
import { pictureOfTexts } from './picture';
import './text.css';

type TextFrame = FrameOf<'text'>;

/** Earlier texts that are listed. */
const MOST_EARLIER = 40;

export class TextDrawing implements Drawing {
  readonly #host: HTMLElement;
  readonly #box = document.createElement('div');
  readonly #fresh = new Freshness();
  #key = '';
  #items: readonly TextItem[] = [];

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#box.className = 'panel-text';
    this.#box.tabIndex = 0;
    this.#box.setAttribute('role', 'group');
    this.#box.setAttribute('aria-label', 'Text');
    host.append(this.#box);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'text');
    this.#items = frame?.items ?? [];
    const earlier = frame && scene.size === 'L' ? earlierOf(scene, frame) : [];
    this.#show(this.#items, earlier);
    const [first] = this.#items;
    if (!frame || !first) return drawn({ meta: 'no steps yet' });
    const digest = new Digest();
    for (const { prompt, text } of frame.items) digest.addText(prompt).addText(text);
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: perplexityOf(scene) ?? first.node,
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      digest: digest.toString(),
      summary: `Step ${frame.step}. ${frame.items.map((item) => `${item.title}: ${item.prompt}${item.text}`).join('. ')}`,
    });
  }

  table(scene: Scene): Table {
    const frame = asShape(shownFrame(scene), 'text');
    const frames = frame ? [...earlierOf(scene, frame).reverse(), frame] : [];
    return {
      columns: ['step', 'how', 'given', 'written'],
      rows: frames.flatMap(({ step, items }) =>
        items.map(({ title, prompt, text }) => [String(step), title, prompt, text]),
      ),
    };
  }

  async image(): Promise<string> {
    return pictureOfTexts(this.#items, this.#host.clientWidth, theme());
  }

  dispose(): void {
    this.#host.replaceChildren();
  }

  /** Made anew only where the words changed, so that a selection and the place of the scroll stay. */
  #show(items: readonly TextItem[], earlier: readonly TextFrame[]): void {
    const key = JSON.stringify([items, earlier.map((frame) => [frame.step, frame.items])]);
    if (key === this.#key) return;
    this.#key = key;
    const top = this.#box.scrollTop;
    this.#box.replaceChildren(...items.map(paragraphOf), ...historyOf(earlier));
    this.#box.scrollTop = top;
  }
}

/** That of the last evaluation at or before the shown step; null where the network has none. */
function perplexityOf({ props }: Scene): string | null {
  const curve = props.record?.curves.get('val/perplexity');
  const last = props.viewStep ?? Number.POSITIVE_INFINITY;
  for (let i = (curve?.length ?? 0) - 1; curve && i >= 0; i -= 1)
    if ((curve.steps[i] as number) <= last) return `perplexity ${formatFixed(curve.values[i] as number, 2)}`;
  return null;
}

/** Texts of earlier steps, the newest first. */
function earlierOf({ props, probe }: Scene, shown: TextFrame): TextFrame[] {
  const frames = props.record?.frames.history(probe) ?? [];
  return frames
    .flatMap((frame) => asShape(frame, 'text') ?? [])
    .filter((frame) => frame.step < shown.step)
    .slice(-MOST_EARLIER)
    .reverse();
}

function element(kind: string, name: string, text = ''): HTMLElement {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  return made;
}

function words({ prompt, text }: TextItem): HTMLElement {
  const made = element('p', 'panel-text-words');
  made.append(element('span', 'panel-text-prompt', prompt), element('span', 'panel-text-own', text));
  return made;
}

function paragraphOf(item: TextItem): HTMLElement {
  const made = element('div', 'panel-text-item');
  made.append(element('h4', 'panel-text-title', item.title), words(item));
  return made;
}

function historyOf(earlier: readonly TextFrame[]): HTMLElement[] {
  if (earlier.length === 0) return [];
  const rows = earlier.flatMap((frame) => {
    const row = element('div', 'panel-text-row');
    const texts = element('div', 'panel-text-texts');
    texts.append(...frame.items.map(words));
    row.append(element('span', 'panel-text-step', formatCount(frame.step)), texts);
    return [row];
  });
  return [element('h4', 'panel-text-title', 'Earlier, by step'), ...rows];
}
