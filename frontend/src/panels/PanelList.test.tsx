import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { panelKinds } from './catalogue';
import { PanelList } from './PanelList';

afterEach(cleanup);

const KINDS = panelKinds('classification', [
  { probe: 'filters', title: 'Filters', shape: 'image_grid', help: 'What kernels look for.', group: 'Convolution' },
  { probe: 'confusion', title: 'Confusion', shape: 'matrix', help: 'Which classes are mixed up.', group: 'Results' },
]);

function show() {
  const [toggle, restore] = [vi.fn(), vi.fn()];
  render(
    <MantineProvider>
      <PanelList
        kinds={KINDS}
        shown={new Set(['loss'])}
        whyNot={(kind) => (kind.id === 'filters' ? 'This network has no convolution.' : null)}
        toggle={toggle}
        restore={restore}
      />
    </MantineProvider>,
  );
  return { toggle, restore };
}

const names = (): (string | null)[] =>
  screen.getAllByRole('checkbox').map((box) => box.parentElement?.textContent ?? '');

describe('the list of panels', () => {
  it('has every panel by what it is about, and says which would be empty', () => {
    show();
    expect(screen.getAllByRole('group').map((group) => group.querySelector('legend')?.textContent)).toEqual([
      'Curves',
      'Results',
      'Convolution',
    ]);
    expect(names()).toContain('FiltersThis network has no convolution.');
    expect(names()).toContain('ConfusionWhich classes are mixed up.');
  });

  it('puts a panel on the screen, takes it off, and brings the usual ones back', () => {
    const { toggle, restore } = show();
    expect((screen.getByRole('checkbox', { name: /^Loss/ }) as HTMLInputElement).checked).toBe(true);
    fireEvent.click(screen.getByRole('checkbox', { name: /^Confusion/ }));
    expect(toggle).toHaveBeenCalledWith('confusion');
    fireEvent.click(screen.getByRole('button', { name: 'The usual panels' }));
    expect(restore).toHaveBeenCalled();
  });

  it('finds by words of title, group and help', () => {
    show();
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'mixed classes' } });
    expect(names()).toEqual(['ConfusionWhich classes are mixed up.']);
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'hologram' } });
    expect(screen.getByText('No panel has these words.')).toBeTruthy();
  });
});
