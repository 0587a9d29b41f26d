/** The small box with values beside the pointer. */
export interface TipRow {
  readonly name: string;
  readonly value?: string;
  /** A CSS colour of the name. */
  readonly colour?: string;
  readonly isStrong?: boolean;
}

const MARGIN = 10;

export class Tip {
  readonly #host: HTMLElement;
  readonly #box = document.createElement('div');
  #key = '';

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#box.className = 'panel-tip';
    this.#box.hidden = true;
    host.append(this.#box);
  }

  /** Shows rows beside the column `x`, never over it; `y` is where its top would like to be. */
  show(x: number, y: number, rows: readonly TipRow[], clear = 0): void {
    const key = JSON.stringify(rows);
    if (key !== this.#key) this.#fill(rows);
    this.#key = key;
    this.#box.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const right = x + clear + MARGIN;
    const left = right + width <= this.#host.clientWidth ? right : Math.max(0, x - clear - MARGIN - width);
    const top = Math.min(Math.max(0, y), Math.max(0, this.#host.clientHeight - height));
    this.#box.style.transform = `translate(${Math.round(left)}px,${Math.round(top)}px)`;
  }

  hide(): void {
    this.#box.hidden = true;
  }

  #fill(rows: readonly TipRow[]): void {
    this.#box.replaceChildren(
      ...rows.map((row) => {
        const line = document.createElement('div');
        const name = document.createElement('span');
        name.textContent = row.name;
        if (row.colour) name.style.color = row.colour;
        line.append(name);
        if (row.value !== undefined) {
          const value = document.createElement(row.isStrong ? 'b' : 'span');
          value.textContent = row.value;
          line.append(value);
        }
        return line;
      }),
    );
  }
}
