import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Figure } from '../draw/chart';
import type { Arrangement } from './arrangement';
import { Cursor } from './cursor';
import { SampleRun } from './gallery/SampleRun';
import { check } from './gallery/samples';
import { PanelGrid, type PanelGridProps } from './PanelGrid';

/** What the plot library was asked to draw, by panel; it needs a browser that draws. */
const figures: Figure[] = [];
vi.mock('../draw/chart', () => ({
  loadPlotly: () => Promise.resolve(),
  Chart: class {
    draw = (figure: Figure): void => {
      figures.push(figure);
    };
    dispose = (): void => undefined;
  },
}));

class Seen {
  readonly #tell: IntersectionObserverCallback;
  constructor(tell: IntersectionObserverCallback) {
    this.#tell = tell;
  }
  observe(target: Element): void {
    this.#tell([{ target, isIntersecting: true } as IntersectionObserverEntry], this as never);
  }
  disconnect(): void {}
}

beforeEach(() => {
  figures.length = 0;
  vi.stubGlobal('IntersectionObserver', Seen);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(340);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(200);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const yRangeOf = ({ layout }: Figure): number[] => (layout as { yaxis: { range: number[] } }).yaxis.range;

/** Until the panels stay as they are for a while: on a slow machine they take longer turns. */
const settle = () =>
  act(async () => {
    for (let before = ''; before !== document.body.innerHTML; ) {
      before = document.body.innerHTML;
      await new Promise((done) => setTimeout(done, 250));
    }
  });

async function show(parts: Partial<PanelGridProps> = {}) {
  const run = new SampleRun('image');
  const props: PanelGridProps = {
    record: run.record,
    ghost: null,
    plannedSteps: 2500,
    stepsPerEpoch: 125,
    lossTitle: 'cross-entropy',
    task: 'classification',
    cursor: new Cursor(),
    onAction: vi.fn(),
    check: check('image'),
    arrangement: null,
    onArrange: vi.fn(),
    visibleProbes: vi.fn(),
    ...parts,
  };
  const tree = (now: PanelGridProps) => (
    <MantineProvider>
      <PanelGrid {...now} />
    </MantineProvider>
  );
  const view = render(tree(props));
  await settle();
  const panel = (id: string) => document.querySelector(`[data-panel="${id}"]`) as HTMLElement;
  const again = async (more: Partial<PanelGridProps>) => {
    view.rerender(tree({ ...props, ...more }));
    await settle();
  };
  return { run, props, panel, again };
}

describe('PanelGrid', () => {
  it('shows the six panels as figures and tells which probes can be seen', async () => {
    const { props } = await show();
    expect(screen.getAllByRole('figure').map((one) => one.dataset.panel)).toEqual([
      'loss',
      'accuracy',
      'activations',
      'norm_statistics',
      'filters',
      'confusion',
    ]);
    const told = ['activations', 'confusion', 'filters', 'norm_statistics'];
    expect(props.visibleProbes).toHaveBeenLastCalledWith(told);
  });

  it('says that there are no steps yet, and Train asks to train', async () => {
    const { props, panel } = await show();
    expect(panel('loss').textContent).toContain('No steps yet. Press Train, or one step.');
    fireEvent.click(screen.getAllByRole('button', { name: 'Train' })[0] as HTMLElement);
    expect(props.onAction).toHaveBeenCalledWith({ type: 'train' });
  });

  it('draws the run as it goes on and says which step', async () => {
    const { run, panel } = await show();
    run.advance(150);
    await settle();
    await settle();
    expect(panel('loss').dataset.step).toBe('150');
    const states = screen.getAllByRole('figure').map((one) => one.dataset.state);
    expect(states).toEqual(new Array(6).fill('ready'));
    const names = figures.flatMap((figure) => figure.data.map((trace) => (trace as { name: string }).name));
    expect(names).toEqual(expect.arrayContaining(['train raw', 'train', 'validation']));
    expect(panel('activations').dataset.step).toBe('150');
    expect(panel('activations').textContent).toContain('val · eval');
    expect(panel('confusion').dataset.step).toBe('125');
  });

  it('looks again after a run that was over before the axes could follow', async () => {
    const { run } = await show();
    const lossAxis = () => {
      // Accuracies are in per cent.
      const figure = figures.findLast((one) => (yRangeOf(one)[1] ?? 99) < 20);
      return figure ? yRangeOf(figure) : [];
    };
    run.advance(8); // fewer points make a draft of an axis, which is not kept
    await settle();
    const before = lossAxis()[1] ?? 0;
    run.record.progress = { ...run.record.progress, status: 'completed' };
    run.advance(2000);
    await act(() => vi.waitFor(() => expect(lossAxis()[1]).toBeLessThan(before), { timeout: 30_000 }));
  });

  it('changes the digest of a picture when its values change', async () => {
    const { run, panel } = await show();
    const before = panel('filters').dataset.digest;
    run.advance(10);
    await settle();
    await settle();
    expect(before).toMatch(/^[0-9a-f]{8}$/);
    expect(panel('filters').dataset.digest).not.toBe(before);
  });

  it('shows the layers of the run, whatever the draft has become', async () => {
    const { run, panel, again } = await show();
    run.advance(150);
    await settle();
    const before = panel('activations').dataset.digest;
    await again({ check: { ...check('image'), ok: false, nodes: check('image').nodes.slice(0, 1) } });
    expect(panel('activations').dataset.digest).toBe(before);
    await again({ check: { ...check('image'), lacking: check('plane').lacking } });
    expect(panel('norm_statistics').dataset.state).toBe('ready');
  });

  it('has a head that is never of another step than its picture', async () => {
    const { run, panel } = await show();
    run.advance(150);
    await settle();
    run.advance(250, false);
    await act(() => new Promise((done) => setTimeout(done, 3500)));
    const one = panel('activations');
    const tag = (): string => one.querySelector('.panel-tag')?.textContent ?? '';
    expect(tag()).toBe('as of step 150');
    const heads = new Map<string, string>();
    const nextFrame = requestAnimationFrame;
    vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) =>
      nextFrame((now) => {
        draw(now);
        const { step = '' } = one.dataset;
        if (!heads.has(step)) heads.set(step, tag());
      }),
    );
    run.advance(1);
    await vi.waitFor(() => expect([...heads.keys()]).toContain('401'), { interval: 5 });
    expect(heads.get('401')).toBe('');
  }, 10_000);

  it('offers a norm where there is none', async () => {
    const without = { ...check('image'), lacking: check('plane').lacking };
    const { record } = new SampleRun('image');
    record.setView({ ...record.view, check: without } as NonNullable<typeof record.view>);
    const { props, panel } = await show({ record });
    expect(panel('norm_statistics').textContent).toContain('This network has no normalisation layer.');
    fireEvent.click(screen.getByRole('button', { name: /Add batch norm/ }));
    expect(props.onAction).toHaveBeenCalledWith({ type: 'add_norm', kind: 'batch_norm' });
  });

  it('marks what is shown as old while the connection is lost', async () => {
    const { run, panel } = await show();
    run.advance(20);
    act(() => run.record.setStale(true));
    await settle();
    await settle();
    expect(panel('loss').textContent).toContain('as of step 20');
    expect(panel('activations').textContent).toContain('as of step 20');
  });

  it('says where the loss became NaN', async () => {
    const { run, panel } = await show();
    run.advance(20);
    run.record.curves.append({
      'train/loss': { steps: [21], values: [null], non_finite: { 21: 'nan' }, thinned_from: null, means: [] },
    });
    run.record.progress = { ...run.record.progress, status: 'diverged', step: 21, reason: 'The loss became NaN.' };
    await settle();
    await settle();
    expect(panel('loss').textContent?.replaceAll('\u202f', ' ')).toContain('NaN at step 21');
  });

  it('has the same numbers as a table', async () => {
    const places = [{ id: 'activations', options: { table: 'on' } }, { id: 'loss' }];
    const { panel } = await show({ arrangement: { places, maximised: null } });
    const cells = [...panel('activations').querySelectorAll('td')].map((cell) => cell.textContent);
    expect(cells).toContain('conv1');
    expect([...panel('activations').querySelectorAll('th')].map((cell) => cell.textContent)).toContain('mean');
  });

  it('switches the view of a panel and keeps the choice in the arrangement', async () => {
    const { props, panel } = await show();
    fireEvent.click(within(panel('activations')).getByRole('button', { name: 'through time' }));
    const next = (props.onArrange as ReturnType<typeof vi.fn>).mock.lastCall?.[0] as Arrangement;
    expect(next.places.find((place) => place.id === 'activations')?.options).toEqual({ view: 'time' });
  });

  it('maximises by Enter and goes back by Escape', async () => {
    const { props, panel, again } = await show();
    fireEvent.keyDown(panel('filters'), { key: 'Enter' });
    const next = (props.onArrange as ReturnType<typeof vi.fn>).mock.lastCall?.[0] as Arrangement;
    expect(next.maximised).toBe('filters');
    await again({ arrangement: next });
    expect(panel('filters').dataset.maximised).toBe('true');
    fireEvent.keyDown(panel('filters'), { key: 'Escape' });
    expect((props.onArrange as ReturnType<typeof vi.fn>).mock.lastCall?.[0].maximised).toBeNull();
  });

  it('keeps the other panels when one fails', async () => {
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { run, panel } = await show();
    run.record.frames.push({
      ...run.record.frames.newest('filters'),
      step: 1,
      items: [{ node: 'conv1', images: null }],
    } as never);
    await settle();
    await settle();
    expect(panel('filters').textContent).toContain('This panel could not be drawn.');
    expect(panel('activations').dataset.state).toBe('ready');
    expect(quiet).toHaveBeenCalled();
  });

  it('brings closed panels back', async () => {
    const { props } = await show({ arrangement: { places: [], maximised: null } });
    fireEvent.click(screen.getByRole('button', { name: 'Bring them back' }));
    expect(props.onArrange).toHaveBeenCalledWith(null);
  });
});
