/** The samples that are listed, in an order that does not change under a hand. */
import { useMemo, useRef } from 'react';
import type { Lamp } from '../../stores/lamp';
import { fittingRows } from './rows';
import type { SamplesFrame } from './useVerdicts';

interface Listed {
  readonly rows: Int32Array;
  readonly lamp: Lamp;
  readonly run: string;
  readonly length: number;
}

const NONE = new Int32Array();

/** While `isHandIn` new numbers come into the list, but nothing in it moves. */
export function useRows(frame: SamplesFrame | undefined, lamp: Lamp, isHandIn: boolean): Int32Array {
  const last = useRef<Listed | null>(null);
  return useMemo(() => {
    const item = frame?.items[0];
    if (!frame || !item) return NONE;
    const length = item.index.data.length;
    const before = last.current;
    const isSameList = before?.lamp === lamp && before.run === frame.run && before.length === length;
    if (isHandIn && before && isSameList) return before.rows;
    const rows = fittingRows(item, lamp);
    last.current = { rows, lamp, run: frame.run, length };
    return rows;
  }, [frame, lamp, isHandIn]);
}
