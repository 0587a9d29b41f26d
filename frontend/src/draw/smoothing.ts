/**
 * Exponential smoothing with the bias of the start divided out.
 *
 * After a gap of d steps the old average weighs w^d, so a thinned curve is smoothed over the same number of steps as a
 * full one. Its points are peaks and pits, so what is averaged are the means of the pieces that end with them. A point
 * that is not finite gives NaN, a mean that is not finite is passed over.
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

  /**
   * Smooths the points added since the last call; starts again where the curve is another one.
   *
   * @param means Of each point the mean of the values since the point before it; a full curve is its own.
   */
  update(steps: Float64Array, values: Float64Array, means = values): Float64Array {
    const seen = this.#length;
    const isSame = seen <= steps.length && steps[0] === this.#firstStep && steps[seen - 1] === this.#lastStep;
    if (!isSame) this.#restart();
    this.#reserve(steps.length);
    for (let i = this.#length; i < steps.length; i += 1) {
      this.#add(steps[i] as number, means[i] as number, Number.isFinite(values[i]));
    }
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

  #add(step: number, mean: number, isShown: boolean): void {
    const gap = this.#length === 0 ? 1 : Math.max(1, step - this.#lastStep);
    if (this.#length === 0) this.#firstStep = step;
    if (Number.isFinite(mean)) {
      const keep = this.#weight ** gap;
      this.#sum = keep * this.#sum + (1 - keep) * mean;
      this.#mass = keep * this.#mass + (1 - keep);
    }
    this.#values[this.#length] = isShown ? this.#sum / this.#mass : Number.NaN;
    this.#length += 1;
    this.#lastStep = step;
  }
}
