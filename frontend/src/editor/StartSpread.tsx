/** One line of a layer's card: how far its outputs spread at step 0, by theory and as measured. */
import { formatNumber } from '../draw';
import { usePage } from '../session/react';
import { spreadsOf, useMeasuredSpread } from './startSpread';

export function StartSpread({ node }: { readonly node: string }) {
  const check = usePage((page) => page.check);
  const measured = useMeasuredSpread();
  const spread = spreadsOf(check, measured).find((one) => one.node === node);
  if (!spread) return null;
  const parts = [
    spread.expected === null ? null : `expected ${formatNumber(spread.expected)}`,
    spread.measured === null ? null : `measured ${formatNumber(spread.measured)}`,
  ];
  return <p className="start-spread num">std at step 0: {parts.filter(Boolean).join(', ')}</p>;
}
