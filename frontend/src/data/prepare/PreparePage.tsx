/** Preprocessing and augmentation, as visible steps. */
export function PreparePage() {
  return <p className="faint">Nothing here yet.</p>;
}
