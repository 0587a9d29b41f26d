import { describe, expect, it } from 'vitest';
import { CurveStore } from '../../stores/curves';
import { FrameStore } from '../../stores/frames';
import type { DecodedFrame } from '../../words/frames';
import type { PanelSize, Scene } from '../drawing';
import { wrap } from './picture';
import { TextDrawing } from './TextDrawing';

const frame = (step: number, text: string): DecodedFrame =>
  ({
    probe: 'written',
    data_shape: 'text',
    step,
    split: 'validation',
    mode: 'eval',
    items: [{ node: 'logits', title: 'greedy', prompt: 'the <b>', text }],
  }) as unknown as DecodedFrame;

const sceneOf = (frames: FrameStore, size: PanelSize = 'M', viewStep: number | null = null): Scene =>
  ({
    props: { record: { frames, curves: new Map(), progress: { step: 0 } }, viewStep },
    probe: 'written',
    options: {},
    size,
    now: 0,
  }) as unknown as Scene;

describe('text that a network wrote', () => {
  it('shows what was given apart from what was written, as words and never as markup', () => {
    const [frames, host] = [new FrameStore(() => undefined), document.createElement('div')];
    const drawing = new TextDrawing(host);
    expect(drawing.draw(sceneOf(frames)).state.kind).toBe('empty');
    frames.push(frame(10, 'dog & cat'));
    const first = drawing.draw(sceneOf(frames));
    expect(host.querySelector('.panel-text-prompt')?.textContent).toBe('the <b>');
    expect(host.querySelector('.panel-text-own')?.textContent).toBe('dog & cat');
    expect(first).toMatchObject({ step: 10, unit: 'logits', summary: 'Step 10. greedy: the <b>dog & cat' });
    frames.push(frame(20, 'cat'));
    expect(drawing.draw(sceneOf(frames)).digest).not.toBe(first.digest);
    drawing.dispose();
    expect(host.childElementCount).toBe(0);
  });

  it('lists earlier texts, the newest first, when it is maximised; a table has them from the oldest', () => {
    const [frames, host] = [new FrameStore(() => undefined), document.createElement('div')];
    const drawing = new TextDrawing(host);
    for (const [step, text] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const)
      frames.push(frame(step, text));
    drawing.draw(sceneOf(frames));
    expect(host.querySelectorAll('.panel-text-row')).toHaveLength(0);
    drawing.draw(sceneOf(frames, 'L'));
    const steps = [...host.querySelectorAll('.panel-text-step')].map((one) => one.textContent);
    expect(steps).toEqual(['2', '1']);
    expect(drawing.table(sceneOf(frames)).rows.map((row) => row[3])).toEqual(['a', 'b', 'c']);
    drawing.draw(sceneOf(frames, 'L', 2));
    expect(host.querySelector('.panel-text-own')?.textContent).toBe('b');
    drawing.dispose();
  });

  it('says the perplexity of the last evaluation at or before the shown step', () => {
    const [frames, curves] = [new FrameStore(() => undefined), new CurveStore(() => undefined)];
    const drawing = new TextDrawing(document.createElement('div'));
    frames.push(frame(10, 'a'));
    curves.append({
      'val/perplexity': { steps: [0, 50], values: [29, 3.456], non_finite: {}, thinned_from: null, means: [] },
    });
    const at = (viewStep: number | null): string => {
      const scene = sceneOf(frames, 'M', viewStep);
      return drawing.draw({ ...scene, props: { ...scene.props, record: { ...scene.props.record, curves } } } as Scene)
        .unit;
    };
    expect([at(null), at(40)]).toEqual(['perplexity 3.46', 'perplexity 29.00']);
    drawing.dispose();
  });

  it('breaks long lines for a picture file and keeps the line ends', () => {
    expect(wrap('abcdef\ngh\n', 4)).toEqual(['abcd', 'ef', 'gh', '']);
  });
});
