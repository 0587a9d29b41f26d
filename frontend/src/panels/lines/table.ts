/** Curves as a table. */
import type { Table } from '../drawing';
import type { LinesPlan } from './plan';

/** A row for each place on x; curves that were not measured there leave their cell empty. */
export function tableOf(plan: LinesPlan): Table {
  const places = [...new Set(plan.curves.flatMap((curve) => Array.from(curve.x)))].sort((a, b) => a - b);
  const isShared = plan.curves.every((curve) => curve.x === plan.curves[0]?.x);
  const count = isShared ? (plan.curves[0]?.x.length ?? 0) : places.length;
  const cell = (values: ArrayLike<number> | null, index: number): string =>
    values && index >= 0 && Number.isFinite(values[index]) ? String(values[index]) : '';
  const columns = plan.curves.flatMap((curve) =>
    curve.low && curve.high ? [curve.name, `${curve.name} low`, `${curve.name} high`] : [curve.name],
  );
  const rows = Array.from({ length: count }, (_, row) => {
    const x = isShared ? (plan.curves[0]?.x[row] as number) : (places[row] as number);
    const cells = plan.curves.flatMap((curve) => {
      const index = isShared ? row : Array.prototype.indexOf.call(curve.x, x);
      const bands = curve.low && curve.high ? [curve.low, curve.high] : [];
      return [curve.y, ...bands].map((values) => cell(values, index));
    });
    return [plan.xNames?.[row] ?? String(x), ...cells];
  });
  return { columns: [plan.xTitle, ...columns], rows };
}
