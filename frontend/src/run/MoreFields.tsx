/** What is rarely changed, or at its default: each field says whether it acts live or restarts. */
import { Choice } from '../forms/Choice';
import { Row } from '../forms/Row';
import type { Field } from '../forms/schema';
import { useSession, useSpec, useSpecPart } from '../session/react';
import { numChanged } from './edits';
import { MAIN_OPTIMIZER_FIELDS, OptimizerField, useOptimizerFields } from './LiveFields';
import { number, PartField } from './PartField';
import { StoppingField } from './StoppingField';

const PENALTIES = [
  number('l1', 'Weight of the sum of absolute weights in the loss.', 0),
  number('l2', 'Weight of half the sum of squared weights in the loss.', 0),
  number('clip_grad_norm', 'Largest norm of the gradient of all weights; empty: no limit.', null),
  number('clip_grad_value', 'Largest size of each number in the gradient; empty: no limit.', null),
];
const DATA = [
  number('validation_fraction', 'Share of the samples kept for validation.', 0.2, { high: 1, isHighOpen: true }),
  number('subset', 'Train on the first so many samples only.', null, { isWhole: true, low: 1 }),
];
const TRAINING = [
  number('max_steps', 'End after so many steps, if epochs do not end it earlier; 0 only measures the start.', null, {
    isWhole: true,
  }),
  number('eval_every', 'Steps between evaluations; empty: one epoch.', null, { isWhole: true, low: 1 }),
];
const ENGINE: Field = {
  name: 'engine',
  help: 'Auto: a long run of a small network is compiled while it trains. Compiled: from the first step on, after about half a minute. On a GPU both record a CUDA graph of the step, at once. Eager: never. The numbers agree up to rounding.',
  initial: 'auto',
  isLive: false,
  isOptional: false,
  form: { kind: 'choice', options: ['auto', 'eager', 'compiled'] },
};
const PREPROCESS = [
  { value: 'standardize', label: 'Standardize', help: 'Mean 0 and variance 1 for each feature.' },
  { value: 'channel_mean', label: 'Channel mean', help: 'Mean 0 for each channel.' },
  { value: 'mean_image', label: 'Mean image', help: 'Minus the mean of each pixel.' },
  { value: 'min_max', label: 'Min–max', help: 'The least value of each feature becomes 0, the greatest 1.' },
  { value: 'whiten', label: 'Whiten', help: 'Features without correlation, each of variance 1 (ZCA).' },
  { value: 'none', label: 'None', help: 'The values as they are.' },
];

export function MoreFields() {
  const more = useOptimizerFields().filter((field) => !MAIN_OPTIMIZER_FIELDS.includes(field.name));
  return (
    <div className="more-fields">
      {more.map((field) => (
        <OptimizerField key={field.name} field={field} effect={field.isLive ? 'live' : 'restarts'} />
      ))}
      {PENALTIES.map((field) => (
        <PartField key={field.name} part="regularization" field={field} effect="live" />
      ))}
      <hr />
      <StoppingField />
      <Preprocess />
      {DATA.map((field) => (
        <PartField key={field.name} part="data" field={field} effect="restarts" />
      ))}
      {TRAINING.map((field) => (
        <PartField key={field.name} part="training" field={field} effect="restarts" />
      ))}
      <PartField part="training" field={ENGINE} effect="restarts" />
    </div>
  );
}

/** How many of the fields under More settings are not at their default. */
export function useNumSet(): number {
  const spec = useSpec();
  const optimizer = useOptimizerFields().filter((field) => !MAIN_OPTIMIZER_FIELDS.includes(field.name));
  return (
    numChanged(spec.optimizer, optimizer) +
    numChanged(spec.regularization, PENALTIES) +
    numChanged(spec.data, DATA) +
    numChanged(spec.training, [...TRAINING, ENGINE]) +
    Number(spec.training.early_stopping !== null) +
    Number(spec.data.preprocess !== 'standardize')
  );
}

function Preprocess() {
  const data = useSpecPart('data');
  const session = useSession();
  return (
    <Row label="Preprocess" help="What is done to the inputs before the network sees them." effect="restarts">
      {(id) => (
        <Choice
          id={id}
          label="Preprocess"
          options={PREPROCESS}
          value={data.preprocess}
          onChange={(next) =>
            session.edit((spec) => ({ ...spec, data: { ...spec.data, preprocess: next as typeof data.preprocess } }))
          }
        />
      )}
    </Row>
  );
}
