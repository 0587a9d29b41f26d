/** The name of a layer: typed, and taken where it is free. */
import { type KeyboardEvent, useState } from 'react';
import { Row } from '../forms/Row';
import { useWorkplace } from '../session/react';
import { apply } from './actions';
import type { Wired } from './graph';
import { nameProblem, rename } from './nodeFields';

export function NameField({ nodes, id }: { readonly nodes: Wired; readonly id: string }) {
  const workplace = useWorkplace();
  const [typed, setTyped] = useState<string | null>(null);
  const problem = typed === null ? null : nameProblem(nodes, id, typed.trim());
  const commit = (): void => {
    if (typed === null || problem) return;
    setTyped(null);
    if (typed.trim() !== id) apply(workplace, rename(nodes, id, typed.trim()), [typed.trim()]);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') commit();
    else {
      setTyped(null);
      event.currentTarget.blur();
    }
  };
  return (
    <Row label="Name" help="What the layer is called in the network, the JSON and the code.">
      {(field) => (
        <div className="number extent" data-bad={problem ? true : undefined}>
          <input
            id={field}
            type="text"
            autoComplete="off"
            spellCheck={false}
            aria-invalid={problem ? true : undefined}
            value={typed ?? id}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={commit}
            onKeyDown={onKeyDown}
          />
          <i className="number-line" />
          {problem ? (
            <p className="field-problem" role="alert">
              {problem}
            </p>
          ) : null}
        </div>
      )}
    </Row>
  );
}
