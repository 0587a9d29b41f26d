/** The values of a panel as a table: the same numbers, for reading and for those who do not see the picture. */
import { type ReactElement, useEffect, useState } from 'react';
import { formatNumber } from '../draw/format';
import type { Table } from './drawing';

/** Longer tables show their end; the file has all. */
const MOST_ROWS = 200;
const EVERY_MS = 1000;

const dress = (cell: string): string => {
  const value = Number(cell);
  if (cell.trim() === '' || !Number.isFinite(value)) return cell;
  const text = formatNumber(value, 4);
  return text.includes('·10') ? formatNumber(value) : text;
};

export function PanelTable({ title, read }: { title: string; read: () => Table }): ReactElement {
  const [table, setTable] = useState(read);
  useEffect(() => {
    const update = (): void => setTable(read());
    // The panel makes its drawing after this, its child, is there.
    const first = setTimeout(update, 0);
    const timer = setInterval(update, EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [read]);
  const rows = table.rows.slice(-MOST_ROWS);
  const left = table.rows.length - rows.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="panel-table" aria-label={`${title}, table`} tabIndex={0}>
      <table>
        {left > 0 && <caption>The last {MOST_ROWS} rows. The CSV file has all.</caption>}
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <th key={i} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>{dress(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
