/** Plus and minus, as the outline icons are drawn. */
const PATHS = { plus: 'M12 5v14M5 12h14', minus: 'M5 12h14' };

export function Sign({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg className="icon" width={13} height={13} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
