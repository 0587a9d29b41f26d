/** A short hash of the values that were drawn (FNV-1a, 32 bit), so that a test can tell whether a picture moved. */
export class Digest {
  #hash = 0x811c9dc5;
  readonly #bytes = new DataView(new ArrayBuffer(4));

  add(...values: readonly number[]): this {
    for (const value of values) this.#one(value);
    return this;
  }

  addAll(values: ArrayLike<number>): this {
    for (let i = 0; i < values.length; i += 1) this.#one(values[i] as number);
    return this;
  }

  addText(text: string): this {
    for (let i = 0; i < text.length; i += 1) this.#one(text.charCodeAt(i));
    return this;
  }

  toString(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  #one(value: number): void {
    this.#bytes.setFloat32(0, value);
    const word = this.#bytes.getUint32(0);
    this.#hash = Math.imul(this.#hash ^ (word >>> 16), 0x01000193);
    this.#hash = Math.imul(this.#hash ^ (word & 0xffff), 0x01000193);
  }
}
