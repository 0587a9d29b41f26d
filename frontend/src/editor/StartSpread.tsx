/** One line of a layer's card: how far its outputs spread at step 0, by theory and as measured. */
import { formatNumber } from '../draw';
import { type Spread, useSpreads } from './startSpread';

export function StartSpread({ node }: { readonly node: string }) {
  const spread = useSpreads().find((one) => one.node === node);
  return spread ? <p className="start-spread num">std at step 0: {wordsOf(spread)}</p> : null;
}

/** With the mode of each, where the two are not the same thing. */
export function wordsOf({ expected, measured, modesDiffer }: Spread): string {
  const [train, evaluated] = modesDiffer ? [' in train mode', ' in eval mode'] : ['', ''];
  const parts = [
    expected === null ? null : `expected ${formatNumber(expected)}${train}`,
    measured === null ? null : `measured ${formatNumber(measured)}${evaluated}`,
  ];
  return parts.filter(Boolean).join(', ');
}
