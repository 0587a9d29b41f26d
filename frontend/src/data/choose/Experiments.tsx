/** Ready experiments on this set: a press opens one. */
import type { Experiment } from '../../generated/schemas';
import { usePage, useWorkplace } from '../../session/react';
import { Part } from './Part';

const NONE: readonly Experiment[] = [];

export function Experiments({ dataset }: { readonly dataset: string }) {
  const { session, page } = useWorkplace();
  const all = usePage((one) => one.catalog?.experiments ?? NONE);
  const found = all.filter(({ spec }) => spec.data.dataset === dataset);
  if (found.length === 0) return null;
  const open = ({ spec }: Experiment): void => {
    session.startFrom(spec);
    page.setState({ dataPage: null });
  };
  return (
    <Part title="Ready experiments">
      <ul className="choose-experiments">
        {found.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => open(one)}>
              {one.title}
              <small>{one.summary}</small>
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}
