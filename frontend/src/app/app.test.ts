import { describe, expect, it } from 'vitest';
import { complete } from '../session/complete';
import { createPreferences, type Shelf } from '../stores/preferences';
import { match, type PaletteCommand, search } from './commands';
import { commandAt, commandOf, focusOf, type Press } from './keys';
import { readArrangement, readPresenting, shareLink } from './share';

const press = (key: string, change: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
});

describe('keys', () => {
  it.each([
    [press(' '), 'toggle'],
    [press('.'), 'step'],
    [press('>', { shiftKey: true }), 'step_ten'],
    [press('z', { ctrlKey: true }), 'undo'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'redo'],
    [press('k', { metaKey: true }), 'palette'],
    [press('?', { shiftKey: true }), 'keys'],
    [press('D', { shiftKey: true }), 'previous_sample'],
    [press('3'), 'panel'],
    [press('F6'), 'landmark'],
    [press('n'), 'add_layer'],
    [press('f'), 'fit'],
    [press('Delete'), 'delete'],
    [press('Backspace'), 'delete'],
    [press('d', { ctrlKey: true }), 'duplicate'],
    [press('a', { metaKey: true }), 'select_all'],
    [press('ArrowUp', { altKey: true }), 'move_up'],
    [press('ArrowUp'), null],
    [press('x'), null],
    [press('ArrowLeft'), 'record_before'],
    [press('ArrowRight', { shiftKey: true }), 'epoch_after'],
    [press('l'), 'live'],
    [press('ArrowLeft', { altKey: true }), null],
    [press('s', { altKey: true }), null],
    [press('s', { ctrlKey: true }), null],
  ])('do what the table says', (event, command) => expect(commandOf(event, 'page', true)).toBe(command));

  it('leave text fields and buttons theirs', () => {
    expect(commandOf(press('s'), 'text', true)).toBeNull();
    for (const key of ['n', 'f', 'Delete', 'Backspace', 'Escape'])
      expect(commandOf(press(key), 'text', true)).toBeNull();
    for (const key of ['d', 'a']) expect(commandOf(press(key, { ctrlKey: true }), 'text', true)).toBeNull();
    expect(commandOf(press('ArrowUp', { altKey: true }), 'text', true)).toBeNull();
    expect(commandOf(press('z', { ctrlKey: true }), 'text', true)).toBeNull();
    expect(commandOf(press('k', { ctrlKey: true }), 'text', true)).toBe('palette');
    expect(commandOf(press(' '), 'button', true)).toBeNull();
    expect(commandOf(press('s'), 'button', true)).toBe('stop');
    expect(commandOf(press(' '), 'choice', true)).toBeNull();
    for (const focus of ['text', 'choice'] as const) expect(commandOf(press('ArrowLeft'), focus, true)).toBeNull();
  });

  it('undo from a field, unless something is being typed into it', () => {
    const field = document.createElement('input');
    const undo = press('z', { ctrlKey: true });
    expect(commandAt(undo, field, true)).toBeNull();
    field.dataset.typed = 'no';
    expect(commandAt(undo, field, true)).toBe('undo');
    expect(commandAt(press('Z', { ctrlKey: true, shiftKey: true }), field, true)).toBe('redo');
    expect(commandAt(press('s'), field, true)).toBeNull();
    expect(commandAt(press('a', { ctrlKey: true }), field, true)).toBeNull();
  });

  it('can be switched off where they are single letters', () => {
    expect(commandOf(press('s'), 'page', false)).toBeNull();
    expect(commandOf(press('z', { ctrlKey: true }), 'page', false)).toBe('undo');
  });

  it('know a field from a button', () => {
    const element = (html: string): Element => {
      document.body.innerHTML = html;
      return document.body.firstElementChild as Element;
    };
    expect(focusOf(element('<input type="text">'))).toBe('text');
    expect(focusOf(element('<textarea></textarea>'))).toBe('text');
    expect(focusOf(element('<input type="radio">'))).toBe('choice');
    expect(focusOf(element('<button role="tab"></button>'))).toBe('choice');
    expect(focusOf(element('<button></button>'))).toBe('button');
    expect(focusOf(element('<div></div>'))).toBe('page');
    expect(focusOf(null)).toBe('page');
  });
});

describe('the palette', () => {
  const command = (title: string, words = ''): PaletteCommand => ({
    id: title,
    group: '',
    icon: 'live',
    title,
    words,
    run: () => {},
  });
  const all = [
    command('Data: Two moons'),
    command('Dropout of fc1'),
    command('Undo'),
    command('Stop'),
    command('Open', 'LeNet on digits'),
  ];
  const titles = (query: string) => search(all, query).map((one) => one.title);

  it('finds letters in their order, and marks them', () => {
    expect(match('Dropout of fc1', 'drop')).toEqual([0, 1, 2, 3]);
    expect(match('Dropout of fc1', 'dfc')).toEqual([0, 9, 12]);
    expect(match('Undo', 'x')).toBeNull();
  });

  it('puts the closest first', () => {
    expect(titles('drop')[0]).toBe('Dropout of fc1');
    expect(titles('do')[0]).toBe('Undo');
    expect(titles('o')).not.toHaveLength(0);
    expect(titles('qqq')).toEqual([]);
  });

  it('finds by words that are not in the title', () => expect(titles('lenet')).toEqual(['Open']));
});

describe('a link', () => {
  it('carries the experiment and the arrangement', () => {
    const spec = complete({ data: { dataset: 'moons' }, graph: [{ kind: 'linear', out_features: 2 }] });
    const hash = new URL(shareLink(spec, { arrangement: { places: [] } })).hash;
    expect(readArrangement(hash)).toEqual({ places: [] });
    expect(hash).toMatch(/^#spec=[\w-]+&panels=/);
    const both = new URL(shareLink(spec, { arrangement: null, pointsArrangement: { places: [1] } })).hash;
    expect([readArrangement(both), readArrangement(both, 'side')]).toEqual([null, { places: [1] }]);
    expect(readArrangement('#panels={')).toBeNull();
    expect(readPresenting(hash)).toBe(false);
    expect(readPresenting(new URL(shareLink(spec, { arrangement: null, isPresenting: true })).hash)).toBe(true);
    expect(readArrangement('')).toBeNull();
  });
});

describe('preferences', () => {
  it('stay with the browser, and survive what cannot be read', () => {
    const kept = new Map<string, string>();
    const shelf: Shelf = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    };
    createPreferences(shelf).setState({ theme: 'dark' });
    expect(createPreferences(shelf).getState().theme).toBe('dark');
    for (const key of kept.keys()) kept.set(key, '{');
    expect(createPreferences(shelf).getState().theme).toBe('system');
    expect(createPreferences(null).getState().singleKeys).toBe(true);
  });
});
