/** A formula in the browser's own mathematics (MathML), made from LaTeX by a library that is loaded when first needed. */
import { useEffect, useRef } from 'react';

export function Formula({ tex }: { readonly tex: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isGone = false;
    void import('katex').then(({ default: katex }) => {
      if (isGone || !place.current) return;
      katex.render(tex, place.current, { output: 'mathml', throwOnError: false, displayMode: false });
    });
    return () => {
      isGone = true;
    };
  }, [tex]);
  return <div className="formula" ref={place} />;
}
