/** The init scheme, its fields, and what it does to the signal before training. */
import { useMemo } from 'react';
import { useSpreads } from '../editor/startSpread';
import { Choice } from '../forms/Choice';
import { Row } from '../forms/Row';
import { fieldsOf, findKind } from '../forms/schema';
import type { InitSpec } from '../generated/schemas';
import { useSession, useSpecPart } from '../session/react';
import { numChanged } from './edits';
import { optionsOf, useKinds } from './LiveFields';
import { PartField } from './PartField';
import { SpreadPlot, SpreadWarning } from './SpreadPlot';
import { useFold } from './useFold';

export function InitFields() {
  const init = useSpecPart('init');
  const session = useSession();
  const kinds = useKinds();
  const kind = findKind(kinds, 'init', init.scheme);
  const fields = useMemo(() => fieldsOf(kind), [kind]);
  const fold = useFold('Init', numChanged(init, fields));
  const spreads = useSpreads();
  return (
    <>
      <Row label="Init" help={kind?.help ?? 'How the weights start.'} fold={fold}>
        {(id) => (
          <Choice
            id={id}
            label="Init"
            options={optionsOf(kinds, 'init')}
            value={kind?.kind ?? null}
            onChange={(scheme) => session.edit((spec) => ({ ...spec, init: { scheme } as InitSpec }))}
          />
        )}
      </Row>
      {fold.isOpen ? null : <SpreadWarning spreads={spreads} />}
      {fold.isOpen ? (
        <div className="fold">
          {fields.map((field) => (
            <PartField key={field.name} part="init" field={field} />
          ))}
          <SpreadPlot spreads={spreads} />
          <SpreadWarning spreads={spreads} />
        </div>
      ) : null}
    </>
  );
}
