/** The samples under the lamp: label, prediction, loss. */
export function LookPage() {
  return <p className="faint">Nothing here yet.</p>;
}
