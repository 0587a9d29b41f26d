/** All datasets as a gallery of pictures. */
export function ChoosePage() {
  return <p className="faint">Nothing here yet.</p>;
}
