/** One sample as a button: its picture or its words, and below it what the network makes of it. */
import { film, imagesAt } from '../../draw/film';
import type { ExamplesItem } from '../../words/frames';
import { heatBar, paintExample } from './image';
import { answerOf, type Example, namedNumbersOf, numbersOf, sentenceOf, signOf } from './sayings';

export interface CellLook {
  readonly item: ExamplesItem;
  /** Longest side of a picture, CSS pixels. */
  readonly side: number;
  /** Place of the sample that the rest of the page shows; null where it shows none of these. */
  readonly sample: number | null;
  readonly canChoose: boolean;
}

function part<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

export class Cell {
  readonly button = part('button', 'example');
  readonly canvas = part('canvas', 'example-image');
  readonly #words = part('span', 'example-text');
  readonly #sign = part('span', 'example-sign');
  readonly #answer = part('span', 'example-answer');
  readonly #numbers = part('span', 'example-numbers');
  /** What the colour over the picture says. */
  readonly #key = part('span', 'example-key');
  #index = 0;
  /** Paints the picture anew, as it is at the frame shown now. */
  paint: () => void = () => undefined;

  constructor(choose: (index: number) => void) {
    const answer = part('span', 'example-line');
    answer.append(this.#sign, this.#answer);
    this.button.type = 'button';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.#key.textContent = 'matters less … most';
    this.button.append(this.canvas, this.#words, answer, this.#numbers, this.#key);
    this.button.addEventListener('click', () => choose(this.#index));
  }

  show(example: Example, look: CellLook): void {
    this.#index = example.index;
    const sentence = sentenceOf(example);
    this.button.title = sentence;
    this.button.setAttribute('aria-label', sentence);
    const isOneOfMany = look.item.examples.length > 1;
    this.button.setAttribute('aria-pressed', String(look.canChoose && isOneOfMany && example.index === look.sample));
    this.button.dataset.sample = String(example.index);
    this.button.disabled = !look.canChoose;
    this.button.toggleAttribute('data-wrong', example.wrong === true);
    this.canvas.hidden = example.image === null;
    this.#words.hidden = example.image !== null;
    this.#words.textContent = example.text ?? example.caption ?? '';
    this.#sign.textContent = signOf(example);
    this.#answer.textContent = answerOf(example);
    const isAlone = !isOneOfMany && example.image !== null;
    this.#numbers.textContent = isAlone ? namedNumbersOf(example) : numbersOf(example);
    this.#key.hidden = !isAlone || example.heat === null;
    if (!this.#key.hidden) this.#key.style.setProperty('--heat', heatBar());
    const { low, high } = look.item;
    const { box, heat } = example;
    this.paint = () => {
      const image = imageOf(example);
      if (image) paintExample(this.canvas, image, heat, { low, high, side: look.side, box });
    };
    this.paint();
  }
}

/** The picture, of a clip the frame shown now. */
function imageOf({ image, frames }: Example): Example['image'] {
  const [count = 1, ...shape] = frames?.shape ?? [];
  return frames ? { ...imagesAt(frames, count, film.frameOf(count)), shape } : image;
}
