/** What of the experiment decides the pictures, and asking for them as long as they are on the screen. */
import { useEffect, useMemo } from 'react';
import type { DataSpec } from '../../../generated/schemas';
import { useSession, useSpec } from '../../../session/react';

/** The data without what does not change a stored sample; the same object as long as it says the same. */
export function useStored(): { readonly data: DataSpec; readonly seed: number } {
  const spec = useSpec();
  const text = JSON.stringify({ data: { ...spec.data, augment: [], batch_size: 1 }, seed: spec.training.seed });
  return useMemo(() => JSON.parse(text), [text]);
}

/** Asks for all pictures of this page whenever what they depend on has changed. */
export function useWanted(index: number, isFit: boolean): void {
  const { augmenting } = useSession();
  const spec = useSpec();
  const stored = useStored();
  useEffect(() => {
    if (isFit) augmenting.wantGallery({ ...stored, index });
  }, [augmenting, stored, index, isFit]);
  const { augment } = spec.data;
  useEffect(() => {
    if (isFit) augmenting.wantList({ ...stored, index, kinds: augment });
  }, [augmenting, stored, index, isFit, augment]);
  const { data } = spec;
  const { seed } = spec.training;
  useEffect(() => {
    if (isFit) augmenting.wantBatch({ data, seed });
  }, [augmenting, data, seed, isFit]);
}
