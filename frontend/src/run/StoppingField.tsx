/** Early stopping: a switch, and how patient it is. */
import { Switch } from '@mantine/core';
import { withField } from '../data/edits';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import type { Field } from '../forms/schema';
import type { EarlyStoppingSpec } from '../generated/schemas';
import { useSession, useSpecPart } from '../session/react';
import type { EditPhase } from '../words/edit';
import { fieldValue } from './edits';
import { useProblem } from './field';
import { number } from './PartField';

const USUAL: EarlyStoppingSpec = { patience: 5, min_delta: 0, restore_best: true };

const FIELDS: readonly Field[] = [
  number('patience', 'Evaluations without a better validation loss that are put up with.', 5, {
    isWhole: true,
    low: 1,
  }),
  number('min_delta', 'How much lower a validation loss must be to count as better.', 0),
  {
    name: 'restore_best',
    help: 'End with the weights that had the lowest validation loss.',
    initial: true,
    isLive: false,
    isOptional: false,
    form: { kind: 'switch' },
  },
];

export function StoppingField() {
  const training = useSpecPart('training');
  const session = useSession();
  const chosen = training.early_stopping;
  const problem = useProblem('training.early_stopping');
  const write = (early_stopping: EarlyStoppingSpec | null, phase?: EditPhase): void =>
    session.edit((spec) => ({ ...spec, training: { ...spec.training, early_stopping } }), phase);
  return (
    <>
      <Row label="Early stop" help="Ends the run when the validation loss no longer falls." effect="restarts">
        {(id) => (
          <Switch
            id={id}
            aria-label="Early stop"
            checked={chosen !== null}
            error={problem}
            onChange={(event) => write(event.currentTarget.checked ? USUAL : null)}
          />
        )}
      </Row>
      {chosen ? (
        <div className="fold">
          {FIELDS.map((field) => (
            <SchemaField
              key={field.name}
              field={field}
              value={fieldValue(chosen, field)}
              onChange={(value, phase) => write(withField(chosen, field.name, value), phase)}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}
