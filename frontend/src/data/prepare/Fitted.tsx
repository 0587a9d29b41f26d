/** What preprocessing learnt from the training part: a number for each channel or column, or an image. */
import { UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { formatCount, formatNumber, onThemeChange, paintTiles } from '../../draw';
import type { FittedNumbers, Preparation } from '../../generated/schemas';
import { flatNumbers } from '../values';

const FIRST = 8;

export function Fitted({ preparation }: { readonly preparation: Preparation }) {
  const tables = tablesOf(preparation.fitted);
  const images = preparation.fitted.filter(({ names }) => names.length === 0);
  if (preparation.fitted.length === 0) return null;
  return (
    <section className="prepare-fitted" aria-label="Fitted numbers">
      <h4>Learnt from the training part</h4>
      {tables.map((columns) => (
        <Table key={columns[0]?.name} columns={columns} />
      ))}
      {images.map((one) => (
        <Picture key={one.name} fitted={one} />
      ))}
    </section>
  );
}

/** Numbers of the same columns or channels stand side by side. */
function tablesOf(fitted: readonly FittedNumbers[]): FittedNumbers[][] {
  const tables = new Map<string, FittedNumbers[]>();
  for (const one of fitted) {
    if (one.names.length === 0) continue;
    const key = JSON.stringify(one.names);
    tables.set(key, [...(tables.get(key) ?? []), one]);
  }
  return [...tables.values()];
}

function Table({ columns }: { readonly columns: readonly FittedNumbers[] }) {
  const [isOpen, setOpen] = useState(false);
  const names = columns[0]?.names ?? [];
  const shown = isOpen ? names : names.slice(0, FIRST);
  return (
    <>
      <table className="num sm">
        <thead>
          <tr>
            <td />
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((name, at) => (
            <tr key={name}>
              <th scope="row" className="clip" title={name}>
                {name}
              </th>
              {columns.map((column) => (
                <td key={column.name}>{formatNumber(Number(column.values[at]))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {names.length > FIRST ? (
        <UnstyledButton className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer' : `${formatCount(names.length - FIRST)} more`}
        </UnstyledButton>
      ) : null}
    </>
  );
}

/** [channels, height, width]. */
function shapeOf(values: readonly unknown[]): number[] {
  const [first] = values;
  return Array.isArray(first) ? [values.length, ...shapeOf(first)] : [values.length];
}

const SIDE = 96;

function Picture({ fitted }: { readonly fitted: FittedNumbers }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const values = flatNumbers(fitted.values);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paint(canvas.current, fitted.values);
    };
    draw();
    return onThemeChange(draw);
  }, [fitted]);
  return (
    <figure>
      <canvas ref={canvas} role="img" aria-label={fitted.name} />
      <figcaption className="xs num">
        <span className="muted">{fitted.name}</span> {formatNumber(low)} … {formatNumber(high)}
      </figcaption>
    </figure>
  );
}

function paint(canvas: HTMLCanvasElement, values: readonly unknown[]): void {
  const numbers = Float32Array.from(flatNumbers(values));
  const shape = shapeOf(values);
  const [height = 1, width = 1] = shape.slice(-2);
  // What is no image is a strip: the numbers of a table, or of steps.
  const channels = shape.length > 2 ? (shape.at(-3) ?? 1) : 1;
  const size = channels * height * width;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const pixel = Math.max(1, Math.floor(SIDE / Math.max(height, width)));
  const isSigned = low < 0 && channels !== 3;
  const stack = {
    data: numbers.subarray(0, size),
    shape: [1, channels, shape.length > 1 ? height : 1, shape.length > 1 ? width : (shape[0] ?? 1)],
  };
  paintTiles(canvas, stack, { columns: channels, low, high, scale: isSigned ? 'diverging' : 'gray', pixel, gap: 4 });
}
