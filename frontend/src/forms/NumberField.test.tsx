import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { EditPhase } from '../words/edit';
import { NumberField } from './NumberField';
import type { Limits, Scale } from './stepping';

afterEach(cleanup);

const LIMITS: Limits = { isWhole: true, low: 1, high: 512, isLowOpen: false, isHighOpen: false };
const SCALE: Scale = { kind: 'doubling', low: 1, high: 512, step: 1 };

function Shown({ told, tellsTyping }: { readonly told: [number | null, EditPhase][]; readonly tellsTyping: boolean }) {
  const [value, setValue] = useState<number | null>(8);
  return (
    <NumberField
      label="Filters"
      value={value}
      scale={SCALE}
      limits={LIMITS}
      tellsTyping={tellsTyping}
      onChange={(next, phase) => {
        told.push([next, phase]);
        setValue(next);
      }}
    />
  );
}

function shown(tellsTyping = true): [[number | null, EditPhase][], HTMLElement, () => void] {
  const told: [number | null, EditPhase][] = [];
  const { unmount } = render(<Shown told={told} tellsTyping={tellsTyping} />);
  return [told, screen.getByRole('spinbutton'), unmount];
}

const type = (field: HTMLElement, text: string): void => {
  fireEvent.change(field, { target: { value: text } });
};

describe('a number that is typed', () => {
  it('is told as it is typed, and ends with Enter', () => {
    const [told, field] = shown();
    type(field, '1');
    type(field, '16');
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(told).toEqual([
      [1, 'typing'],
      [16, 'typing'],
      [16, 'end'],
    ]);
  });

  it('is what it was after Escape', () => {
    const [told, field] = shown();
    type(field, '16');
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(told.at(-1)).toEqual([8, 'end']);
  });

  it('keeps the last allowed value when the field is left with one that is not', () => {
    const [told, field] = shown();
    type(field, '16');
    type(field, '16000');
    fireEvent.blur(field);
    expect(told).toEqual([
      [16, 'typing'],
      [16, 'end'],
    ]);
    expect(screen.getByRole('alert').textContent).toContain('512');
  });

  it('ends when the field goes away', () => {
    const [told, field, unmount] = shown();
    type(field, '16');
    unmount();
    expect(told.at(-1)).toEqual([16, 'end']);
  });

  it('is told when it is done alone, where the field is not to tell it sooner', () => {
    const [told, field] = shown(false);
    type(field, '16');
    expect(told).toEqual([]);
    fireEvent.blur(field);
    expect(told).toEqual([[16, 'single']]);
  });
});
