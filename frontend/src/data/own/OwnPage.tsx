/** The user's own data: files and painted points. */
export function OwnPage() {
  return <p className="faint">Nothing here yet.</p>;
}
