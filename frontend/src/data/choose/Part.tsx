/** A part of what stands beside the gallery. */
import type { ReactNode } from 'react';

interface PartProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}

export const Part = ({ title, note, children }: PartProps) => (
  <section className="choose-part" aria-label={title}>
    <h4>
      {title}
      {note ? <small>{note}</small> : null}
    </h4>
    {children}
  </section>
);
