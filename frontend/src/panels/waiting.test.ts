import { describe, expect, it } from 'vitest';
import { RunRecord } from '../stores/record';
import { drawn } from './drawing';
import type { PanelProps } from './props';
import { notMeasured, waiting } from './usePanelDrawing';

type Status = RunRecord['progress']['status'];

function propsOf(status: Status, step: number, viewStep: number | null = null): PanelProps {
  const record = new RunRecord('run1');
  Object.assign(record.progress, { status, step });
  return { record, viewStep } as unknown as PanelProps;
}

describe('a panel without a frame', () => {
  const blank = drawn({});

  it('says that nothing was recorded where that is known, and loads where it is not', () => {
    const props = propsOf('paused', 40, 15);
    expect(waiting(blank, { props, probe: 'confusion' }).state.kind).toBe('loading');
    props.record?.frames.keep('confusion', 15, null);
    expect(waiting(blank, { props, probe: 'confusion' }).state).toEqual({
      kind: 'nothing_here',
      text: 'Nothing of this was recorded up to step 15.',
    });
  });

  it('stays empty before the first step', () => {
    expect(waiting(blank, { props: propsOf('paused', 0), probe: 'confusion' }).state.kind).toBe('empty');
  });

  it('does not wait for ever for a run that rests', () => {
    const kindOf = (status: Status, viewStep: number | null = null): string =>
      notMeasured(blank, { props: propsOf(status, 40, viewStep) }).state.kind;
    expect(kindOf('running')).toBe('empty');
    expect(kindOf('paused', 15)).toBe('empty');
    expect(kindOf('paused')).toBe('nothing_here');
    expect(kindOf('completed')).toBe('nothing_here');
  });
});
