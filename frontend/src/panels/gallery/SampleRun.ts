/** A run of generated data in the stores of the page. */
import type { RunView } from '../../generated/schemas';
import { RunRecord } from '../../stores/record';
import {
  activations,
  check,
  confusion,
  filters,
  type Kind,
  norms,
  random,
  STEPS_PER_EPOCH,
  series,
  surface,
  weights,
} from './samples';

/** A run that can be moved on: everything up to `step` is in its stores. */
export class SampleRun {
  readonly record: RunRecord;
  readonly kind: Kind;
  readonly #random = random(8);
  step = 0;

  constructor(kind: Kind, id = 'sample') {
    this.kind = kind;
    this.record = new RunRecord(id);
    this.record.setView({
      id,
      number: 14,
      status: 'running',
      step: 0,
      check: check(kind),
      num_steps: 2500,
      steps_per_epoch: STEPS_PER_EPOCH,
    } as unknown as RunView);
    this.#frames(0);
    this.#evaluate(0);
  }

  get plannedSteps(): number {
    return this.kind === 'image' ? 2500 : 3000;
  }

  /** Trains so many steps; frames come at the end. */
  advance(steps: number, withFrames = true): void {
    const losses: [number[], number[]] = [[], []];
    const accuracies: number[] = [];
    for (let i = 0; i < steps; i += 1) {
      this.step += 1;
      const s = this.step;
      const noise = this.#random.normal() * (0.035 + 0.13 * Math.exp(-s / 240));
      const loss = Math.max(0.01, 2 * Math.exp(-s / 55) + 0.33 * Math.exp(-s / 420) + 0.018 + noise);
      losses[0].push(s);
      losses[1].push(loss);
      accuracies.push(Math.min(1, 1 - 0.21 * loss + 0.003 + this.#random.normal() * 0.0025));
      if (s % STEPS_PER_EPOCH === 0) this.#evaluate(s);
    }
    const quality = this.kind === 'regression' ? 'train/mae' : 'train/accuracy';
    this.record.curves.append({
      'train/loss': series(losses[0], losses[1]),
      [quality]: series(losses[0], accuracies),
      'optimizer/lr': series(
        losses[0],
        losses[0].map((s) => (s < 500 ? 0.1 : 0.05)),
      ),
    });
    if (withFrames) this.#frames(this.step);
    this.record.progress = { ...this.record.progress, step: this.step };
    if (this.step >= 500 && this.record.marks.length === 0) {
      this.record.marks = [{ step: 500, text: 'rate 0.1 → 0.05', kind: 'change' }];
    }
  }

  #evaluate(s: number): void {
    const e = s / STEPS_PER_EPOCH;
    const loss = s === 0 ? 2.31 : 0.36 * Math.exp(-e / 2.1) + 0.105 + (e > 7 ? (e - 7) * 0.0165 : 0);
    const quality = this.kind === 'regression' ? 'val/mae' : 'val/accuracy';
    this.record.curves.append({
      'val/loss': series([s], [loss]),
      [quality]: series([s], [s === 0 ? 0.09 : 1 - 0.11 * loss - 0.004]),
    });
    if (this.kind === 'image') this.record.frames.push(confusion(s));
  }

  #frames(s: number): void {
    const { frames } = this.record;
    frames.push(activations(s, this.kind));
    frames.push(weights(s, this.kind));
    if (this.kind === 'image') {
      frames.push(norms(s));
      frames.push(filters(s));
    } else frames.push(surface(s, this.kind));
  }
}
