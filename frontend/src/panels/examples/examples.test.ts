import { describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../stores/record';
import type { DecodedFrame, ExamplesItem } from '../../words/frames';
import { Cursor } from '../cursor';
import type { Scene } from '../drawing';
import { array } from '../gallery/samples';
import { ExamplesDrawing } from './ExamplesDrawing';
import { firstImage } from './image';
import { answerOf, type Example, namedNumbersOf, numbersOf, sentenceOf, signOf } from './sayings';

const example = (parts: Partial<Example> = {}): Example => ({
  index: 7,
  image: null,
  frames: null,
  heat: null,
  box: null,
  value: null,
  text: null,
  caption: null,
  label: '3',
  prediction: '5',
  probability: 0.98,
  loss: 4.2,
  wrong: true,
  ...parts,
});
const group = (node: string, examples: Example[]): ExamplesItem => ({ node, title: node, examples, low: 0, high: 1 });

function scene(items: ExamplesItem[], parts: { layer?: string; split?: 'train'; onSample?: (i: number) => void } = {}) {
  const frame = {
    run: 'r',
    probe: 'examples',
    data_shape: 'examples',
    step: 40,
    split: parts.split ?? 'validation',
    mode: 'eval',
    num_samples: 9,
    sample: null,
    items,
  } as unknown as DecodedFrame;
  const record = { frames: { newest: () => frame }, progress: { step: 40 }, curves: new Map() };
  return {
    props: { record: record as unknown as RunRecord, cursor: new Cursor(), sample: 9, onSample: parts.onSample },
    probe: 'examples',
    options: parts.layer ? { layer: parts.layer } : {},
    size: 'M',
    now: 0,
  } as unknown as Scene;
}

describe('what is said of a sample', () => {
  it('tells right from wrong by a sign and by words', () => {
    expect([signOf(example()), answerOf(example()), numbersOf(example())]).toEqual([
      '✕',
      '3 as 5',
      '98\u00a0% · 4.200',
    ]);
    const right = example({ prediction: '3', wrong: false, loss: 0.02 });
    expect([signOf(right), answerOf(right)]).toEqual(['✓', '3']);
    expect(sentenceOf(right)).toBe('sample 7, label 3, predicted 3, probability 98.0\u00a0%, loss 0.020, right');
  });

  it('says first what a sample was chosen by', () => {
    expect(numbersOf(example({ value: 3.25, loss: null }))).toBe('3.25 · 98\u00a0%');
  });

  it('names its numbers where it stands alone', () => {
    expect(namedNumbersOf(example({ value: 3.25 }))).toBe('value 3.25\nprobability 98\u00a0%\nloss 4.200');
    expect(namedNumbersOf(example({ value: 2, heat: array([1], 1, 1), loss: null, probability: null }))).toBe(
      'hottest place 2',
    );
  });

  it('judges no numbers', () => {
    const number = example({ label: '0.8', prediction: '0.4', probability: null, wrong: null });
    expect([signOf(number), answerOf(number), numbersOf(number)]).toEqual(['', '0.4, is 0.8', '4.200']);
  });
});

describe('the picture', () => {
  it('is the first channel, or all three of a colour picture', () => {
    expect(firstImage(array([1, 2, 3, 4], 2, 2)).shape).toEqual([1, 1, 2, 2]);
    expect(firstImage(array([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2)).data).toEqual(Float32Array.from([1, 2, 3, 4]));
    expect(firstImage(array([1, 2, 3], 3, 1, 1)).shape).toEqual([1, 3, 1, 1]);
  });
});

describe('the grid', () => {
  const items = [
    group('worst', [example(), example({ index: 9 })]),
    group('best', [example({ index: 2, prediction: '3', wrong: false, loss: 0 })]),
  ];
  const show = (at: Scene) => {
    const host = document.createElement('div');
    document.body.append(host);
    const drawing = new ExamplesDrawing(host);
    const result = drawing.draw(at);
    return { drawing, result, buttons: () => [...host.querySelectorAll('button')] };
  };

  it('shows a group, marks the wrong ones and the sample of the page', () => {
    const { result, buttons } = show(scene(items, { onSample: () => undefined }));
    expect(buttons().map((one) => one.dataset.sample)).toEqual(['7', '9']);
    expect(buttons().map((one) => one.getAttribute('aria-pressed'))).toEqual(['false', 'true']);
    expect(buttons()[0]?.hasAttribute('data-wrong')).toBe(true);
    expect(result).toMatchObject({ step: 40, layer: 'worst', layers: [{ value: 'worst' }, { value: 'best' }] });
    expect(result.summary).toBe('worst at step 40: 2 samples, 2 of them wrong.');
  });

  it('marks no sample that stands alone: it is the one of the page', () => {
    const { buttons } = show(scene([group('one', [example({ index: 9 })])], { onSample: () => undefined }));
    expect(buttons()[0]?.getAttribute('aria-pressed')).toBe('false');
  });

  it('has pictures as large as all of them have room for, and usual ones where they have not', () => {
    const nine = group(
      'nine',
      Array.from({ length: 9 }, (_, index) => example({ index, image: array([1], 1, 1, 1) })),
    );
    const widthIn = (width: number, height: number): string => {
      const { buttons } = show({ ...scene([nine]), width, height } as Scene);
      return buttons()[0]?.parentElement?.style.getPropertyValue('--example') ?? '';
    };
    expect(widthIn(1200, 700)).toBe('168px');
    expect(widthIn(520, 240)).toBe('78px');
    expect(widthIn(300, 150)).toBe('78px');
    expect(widthIn(900, 330)).toBe('104px');
  });

  it('changes with the chosen group and with the values', () => {
    const { drawing, result, buttons } = show(scene(items));
    const best = drawing.draw(scene(items, { layer: 'best' }));
    expect(buttons().map((one) => one.dataset.sample)).toEqual(['2']);
    expect(best.digest).not.toBe(result.digest);
    expect(drawing.draw(scene([group('worst', [example({ loss: 4.3 })])])).digest).not.toBe(result.digest);
    expect(drawing.table(scene(items)).rows[0]).toEqual(['7', '3', '5', '0.98', '4.2']);
  });

  it('chooses a validation sample by a click, and arrows go from one to the next', () => {
    const onSample = vi.fn();
    const { buttons } = show(scene(items, { onSample }));
    buttons()[0]?.click();
    expect(onSample).toHaveBeenCalledWith(7);
    buttons()[0]?.focus();
    buttons()[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    expect(document.activeElement).toBe(buttons()[1]);
    expect(show(scene(items, { onSample, split: 'train' })).buttons()[0]?.disabled).toBe(true);
  });
});
