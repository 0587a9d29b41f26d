import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { type Workplace, WorkplaceContext } from '../session/react';
import { createPage } from '../stores/page';
import { RunRecord } from '../stores/record';
import { Counters } from './Counters';

afterEach(cleanup);

it('has come to a step as soon as its run has, and so no later than words that tell of it', () => {
  const record = new RunRecord('r', (tell) => tell());
  const workplace = { page: createPage() } as unknown as Workplace;
  render(
    <WorkplaceContext value={workplace}>
      <Counters record={record} />
    </WorkplaceContext>,
  );
  const counter = (): string | null | undefined => document.querySelector('.counter b > span')?.textContent;
  for (const step of [5, 9, 1234]) {
    record.progress = { ...record.progress, status: 'running', step };
    record.setStale(!record.isStale);
    expect(counter()?.replace(/\D/g, '')).toBe(String(step));
  }
});
