/** The answer of the network for the chosen sample: a bar for each class, or the numbers it predicts. */
import { formatNumber } from '../draw';
import { Pen } from '../draw/canvas';
import type { ImageGridItem } from '../stores/frames';

export interface Answer {
  readonly names: readonly string[];
  /** Shares of 1 for a classifier; otherwise what the network gives. */
  readonly values: readonly number[];
  readonly isShare: boolean;
}

const softmax = (values: readonly number[]): number[] => {
  const top = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** What the last layer gives, as the loss reads it: cross-entropy as a softmax, binary cross-entropy as a sigmoid. */
export function answerOf(item: ImageGridItem, names: readonly string[], loss: string): Answer {
  const raw = Array.from(item.images.data);
  if (loss === 'cross_entropy') return { names, values: softmax(raw), isShare: true };
  if (loss === 'bce' && raw.length === 1 && names.length === 2) {
    const share = sigmoid(raw[0] as number);
    return { names, values: [1 - share, share], isShare: true };
  }
  if (loss === 'bce') return { names, values: raw.map(sigmoid), isShare: true };
  return { names, values: raw, isShare: false };
}

const FOOT = 15;
const SIDE = 4;
const LEAST_BAR = 1.5;

export function paintAnswer(canvas: HTMLCanvasElement, answer: Answer, label: string | null): void {
  const pen = Pen.on(canvas, canvas.clientWidth, canvas.clientHeight);
  if (!pen) return;
  const isClassifier = answer.names.length === answer.values.length && answer.values.length > 1;
  if (!answer.isShare && !isClassifier) {
    paintNumbers(pen, answer, label);
    return;
  }
  const count = answer.values.length;
  const width = pen.width / count;
  const room = pen.height - FOOT;
  const top = Math.max(...answer.values);
  const best = answer.values.indexOf(top);
  // Scores without a scale of their own fill the height; a score below 0 has no bar.
  const full = answer.isShare ? 1 : Math.max(top, Number.MIN_VALUE);
  const side = Math.min(SIDE, width * 0.12);
  const every = Math.ceil((count * 26) / pen.width);
  answer.values.forEach((value, index) => {
    const height = Math.max(LEAST_BAR, (value / full) * (room - 1));
    const colour = pen.colour(index === best ? 'train' : 'bg-active');
    pen.rect({ x: index * width + side, y: room - height, width: width - 2 * side, height }, colour);
    if (index % every !== 0 && index !== best) return;
    const name = answer.names[index] ?? String(index);
    const isTrue = name === label;
    pen.text(name, (index + 0.5) * width, pen.height - 2, {
      align: 'center',
      colour: pen.colour(index === best ? 'ink' : isTrue ? 'ink-2' : 'ink-3'),
      isStrong: index === best,
      most: width * every - 2,
    });
  });
}

function paintNumbers(pen: Pen, answer: Answer, label: string | null): void {
  const text = answer.values.map((value) => formatNumber(value)).join('   ');
  pen.text(text, 0, pen.height / 2 + 1, { colour: pen.colour('ink'), isStrong: true });
  if (label !== null) pen.text(`target ${label}`, 0, pen.height - 2);
}
