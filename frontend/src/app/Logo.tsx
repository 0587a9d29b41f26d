/** Three layers: the product mark. */
export function Logo() {
  return (
    <svg width={20} height={20} viewBox="0 0 20 20" aria-hidden="true">
      <rect x="2" y="3" width="4" height="14" rx="2" fill="var(--div-1)" />
      <rect x="8" y="6" width="4" height="8" rx="2" fill="var(--ink-3)" />
      <rect x="14" y="3" width="4" height="14" rx="2" fill="var(--div-6)" />
    </svg>
  );
}
