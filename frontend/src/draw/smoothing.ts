/**
 * Exponential smoothing with the bias of the start divided out.
 *
 * After a gap of d steps the old average weighs w^d, so a thinned curve is smoothed over the same number of steps as a
 * full one. A point that is not finite is passed over and gives NaN.
 */
export class Smoothing {
  readonly #weight: number;
  #values = new Float64Array(256);
  #length = 0;
  #sum = 0;
  #mass = 0;
  #lastStep = Number.NaN;
  #firstStep = Number.NaN;

  /** @param weight Share of the old average that one step keeps, 0…1; 0 does not smooth. */
  constructor(weight: number) {
    this.#weight = weight;
  }

  get weight(): number {
    return this.#weight;
  }

  /** Smooths the points added since the last call; starts again where the curve is another one. */
  update(steps: Float64Array, values: Float64Array): Float64Array {
    const seen = this.#length;
    const isSame = seen <= steps.length && steps[0] === this.#firstStep && steps[seen - 1] === this.#lastStep;
    if (!isSame) this.#restart();
    this.#reserve(steps.length);
    for (let i = this.#length; i < steps.length; i += 1) this.#add(steps[i] as number, values[i] as number);
    return this.#values.subarray(0, this.#length);
  }

  #restart(): void {
    this.#length = 0;
    this.#sum = 0;
    this.#mass = 0;
    this.#lastStep = Number.NaN;
    this.#firstStep = Number.NaN;
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const larger = new Float64Array(Math.max(length, 2 * this.#values.length));
    larger.set(this.#values.subarray(0, this.#length));
    this.#values = larger;
  }

  #add(step: number, value: number): void {
    const gap = this.#length === 0 ? 1 : Math.max(1, step - this.#lastStep);
    if (this.#length === 0) this.#firstStep = step;
    if (Number.isFinite(value)) {
      const keep = this.#weight ** gap;
      this.#sum = keep * this.#sum + (1 - keep) * value;
      this.#mass = keep * this.#mass + (1 - keep);
    }
    this.#values[this.#length] = Number.isFinite(value) ? this.#sum / this.#mass : Number.NaN;
    this.#length += 1;
    this.#lastStep = step;
  }
}
