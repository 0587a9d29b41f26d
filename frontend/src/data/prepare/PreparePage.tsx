/** Preprocessing and augmentation, as visible steps. */
import { Augment } from './augment/Augment';

export function PreparePage() {
  return <Augment />;
}
