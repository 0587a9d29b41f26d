/** Back, play, next, where the walk stands, and the button that takes the step for real. */
import { PHASES, type Phase, wordOf } from './walk';

export interface BarActs {
  readonly go: (by: number) => void;
  readonly jump: (phase: Phase) => void;
  readonly play: () => void;
  readonly take: () => void;
}

export interface BarState {
  readonly at: number;
  readonly num: number;
  readonly phase: Phase;
  readonly present: ReadonlySet<Phase>;
  readonly isPlaying: boolean;
  /** Such as "Take step 12"; null where the run stands elsewhere. */
  readonly take: string | null;
}

const ICONS = { back: 'M14 6l-6 6 6 6', next: 'M10 6l6 6-6 6', play: 'M7 5v14l11-7z', pause: 'M8 5v14M16 5v14' };

function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'panel-icon');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

function button(className: string, act: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.addEventListener('click', act);
  return element;
}

export class Bar {
  readonly element = document.createElement('div');
  readonly #phases = document.createElement('fieldset');
  readonly #back: HTMLButtonElement;
  readonly #play: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #count = document.createElement('span');
  readonly #take: HTMLButtonElement;
  readonly #jumps: Map<Phase, HTMLButtonElement>;

  constructor(acts: BarActs) {
    this.element.className = 'step-bar';
    this.#back = button('panel-menu', () => acts.go(-1));
    this.#play = button('panel-menu', acts.play);
    this.#next = button('panel-menu', () => acts.go(1));
    this.#take = button('panel-button step-take', acts.take);
    this.#count.className = 'step-count';
    this.#phases.className = 'panel-segment';
    this.#phases.setAttribute('aria-label', 'Phase');
    this.#jumps = new Map(PHASES.map((phase) => [phase, button('', () => acts.jump(phase))]));
    for (const [phase, jump] of this.#jumps) jump.textContent = wordOf(phase);
    this.#phases.append(...this.#jumps.values());
    for (const [one, path, label] of [
      [this.#back, ICONS.back, 'Back'],
      [this.#next, ICONS.next, 'Next'],
    ] as const) {
      one.append(icon(path));
      one.setAttribute('aria-label', label);
      one.title = `${label} (${label === 'Back' ? '←' : '→'})`;
    }
    this.element.append(this.#phases, this.#back, this.#play, this.#next, this.#count, this.#take);
  }

  show(state: BarState): void {
    for (const [phase, jump] of this.#jumps) {
      jump.setAttribute('aria-pressed', String(phase === state.phase));
      jump.disabled = !state.present.has(phase);
    }
    this.#back.disabled = state.at === 0;
    this.#next.disabled = state.at >= state.num - 1;
    const label = state.isPlaying ? 'Pause the walk' : 'Play the walk';
    if (this.#play.getAttribute('aria-label') !== label) {
      this.#play.setAttribute('aria-label', label);
      this.#play.title = label;
      this.#play.replaceChildren(icon(state.isPlaying ? ICONS.pause : ICONS.play));
    }
    this.#count.textContent = `${state.at + 1} / ${state.num}`;
    this.#take.hidden = state.take === null;
    this.#take.textContent = state.take ?? '';
  }
}
