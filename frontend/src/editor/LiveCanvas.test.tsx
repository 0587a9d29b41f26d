import { act, cleanup, render } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { type Workplace, WorkplaceContext } from '../session/react';
import { createPage } from '../stores/page';
import { LiveCanvas } from './LiveCanvas';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('draws once it can be seen, also where it is told at once that it could not be and that it can', async () => {
  let tell: (entries: { isIntersecting: boolean }[]) => void = () => undefined;
  class Sight {
    constructor(told: typeof tell) {
      tell = told;
    }
    observe(): void {}
    disconnect(): void {}
  }
  vi.stubGlobal('IntersectionObserver', Sight);
  const draw = vi.fn();
  const workplace = { page: createPage() } as unknown as Workplace;
  render(
    <WorkplaceContext value={workplace}>
      <LiveCanvas record={null} label="What fc1 gives" draw={draw} />
    </WorkplaceContext>,
  );
  tell([{ isIntersecting: false }, { isIntersecting: true }]);
  await act(() => vi.waitFor(() => expect(draw).toHaveBeenCalled()));
});
