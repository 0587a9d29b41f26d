/** A text of a lesson: words and formulas in one line, or formulas of their own below each other. */
import { useLayoutEffect, useRef } from 'react';
import { writeTex } from '../draw/tex';
import { displayed, partsOf } from './text';

function Tex({ tex }: { readonly tex: string }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current) writeTex(place.current, tex);
  }, [tex]);
  return <span className="formula" ref={place} />;
}

/** Words with formulas among them. */
export function Words({ text }: { readonly text: string }) {
  return partsOf(text).map((part, at) =>
    // A text never changes its parts.
    part.kind === 'words' ? part.text : <Tex key={at} tex={part.text} />,
  );
}

export function Paragraph({ text }: { readonly text: string }) {
  const formulas = displayed(text);
  if (!formulas) {
    return (
      <p>
        <Words text={text} />
      </p>
    );
  }
  return (
    <div className="lesson-formulas">
      {formulas.map((tex) => (
        <div key={tex}>
          <Tex tex={tex} />
        </div>
      ))}
    </div>
  );
}
