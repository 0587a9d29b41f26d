/** What is rarely changed, or at its default: each field says whether it acts live or restarts. */
import { useMemo } from 'react';
import { Choice } from '../forms/Choice';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import { type Field, fieldsOf, findKind } from '../forms/schema';
import type { Limits } from '../forms/stepping';
import type { KindSpec, RunSpec } from '../generated/schemas';
import { usePage, useSession, useSpec } from '../session/react';
import { fieldValue, numChanged, withField, withKind } from './edits';
import { useProblem, useSince } from './field';
import { MAIN_OPTIMIZER_FIELDS, OptimizerField, optionsOf, useKinds, useOptimizerFields } from './LiveFields';

const number = (name: string, initial: number | null, more: Partial<Limits> = {}): Field => ({
  name,
  help: HELP[name] ?? '',
  initial,
  isLive: false,
  isOptional: initial === null,
  form: {
    kind: 'number',
    limits: { isWhole: false, low: 0, high: null, isLowOpen: false, isHighOpen: false, ...more },
  },
});

const HELP: Record<string, string> = {
  l1: 'Weight of the sum of absolute weights in the loss.',
  l2: 'Weight of half the sum of squared weights in the loss.',
  clip_grad_norm: 'Largest norm of the gradient of all weights; empty: no limit.',
  validation_fraction: 'Share of the samples kept for validation.',
  subset: 'Train on the first so many samples only.',
  max_steps: 'End after so many steps, if epochs do not end it earlier; 0 only measures the start.',
  eval_every: 'Steps between evaluations; empty: one epoch.',
};

const PENALTIES = [number('l1', 0), number('l2', 0), number('clip_grad_norm', null)];
const DATA = [
  number('validation_fraction', 0.2, { high: 1, isHighOpen: true }),
  number('subset', null, { isWhole: true, low: 1 }),
];
const TRAINING = [number('max_steps', null, { isWhole: true }), number('eval_every', null, { isWhole: true, low: 1 })];
const PREPROCESS = [
  { value: 'standardize', label: 'Standardize', help: 'Mean 0 and variance 1 for each feature.' },
  { value: 'channel_mean', label: 'Channel mean', help: 'Mean 0 for each channel.' },
  { value: 'mean_image', label: 'Mean image', help: 'Minus the mean of each pixel.' },
  { value: 'none', label: 'None', help: 'The values as they are.' },
];

type Part = 'regularization' | 'data' | 'training' | 'init';

export function MoreFields() {
  const more = useOptimizerFields().filter((field) => !MAIN_OPTIMIZER_FIELDS.includes(field.name));
  const init = useInitFields();
  return (
    <div className="more-fields">
      {more.map((field) => (
        <OptimizerField key={field.name} field={field} effect={field.isLive ? 'live' : 'restarts'} />
      ))}
      {PENALTIES.map((field) => (
        <PartField key={field.name} part="regularization" field={field} effect="live" />
      ))}
      <hr />
      {init.map((field) => (
        <PartField key={field.name} part="init" field={field} effect="restarts" />
      ))}
      <KindField part="loss" label="Loss" />
      <KindField part="schedule" label="Schedule" />
      <Preprocess />
      {DATA.map((field) => (
        <PartField key={field.name} part="data" field={field} effect="restarts" />
      ))}
      {TRAINING.map((field) => (
        <PartField key={field.name} part="training" field={field} effect="restarts" />
      ))}
    </div>
  );
}

/** How many of the fields under More settings are not at their default. */
export function useNumSet(): number {
  const spec = useSpec();
  const task = usePage((page) => page.check?.data?.task);
  const automatic = task === 'regression' ? 'mse' : 'cross_entropy';
  const optimizer = useOptimizerFields().filter((field) => !MAIN_OPTIMIZER_FIELDS.includes(field.name));
  const init = useInitFields();
  const loss = spec.loss !== null && spec.loss.kind !== automatic;
  const kinds = Number(loss) + Number(spec.schedule.kind !== 'constant');
  return (
    numChanged(spec.optimizer, optimizer) +
    numChanged(spec.regularization, PENALTIES) +
    numChanged(spec.init, init) +
    numChanged(spec.data, DATA) +
    numChanged(spec.training, TRAINING) +
    Number(spec.data.preprocess !== 'standardize') +
    kinds
  );
}

function useInitFields(): readonly Field[] {
  const { init } = useSpec();
  const kinds = useKinds();
  return useMemo(() => fieldsOf(findKind(kinds, 'init', init.scheme)), [kinds, init.scheme]);
}

function PartField({
  part,
  field,
  effect,
}: {
  readonly part: Part;
  readonly field: Field;
  readonly effect: 'live' | 'restarts';
}) {
  const spec = useSpec();
  const session = useSession();
  const path = `${part}.${field.name}`;
  return (
    <SchemaField
      field={field}
      value={fieldValue(spec[part], field)}
      effect={effect}
      since={useSince(path)}
      problem={useProblem(path)}
      onChange={(value, phase) =>
        session.edit((now) => ({ ...now, [part]: withField(now[part], field.name, value) }) as RunSpec, phase)
      }
    />
  );
}

/** A part chosen by kind, and the fields of that kind below it. */
function KindField({ part, label }: { readonly part: 'loss' | 'schedule'; readonly label: string }) {
  const spec = useSpec();
  const session = useSession();
  const kinds = useKinds();
  const chosen: KindSpec | null = spec[part];
  const kind = findKind(kinds, part, chosen?.kind ?? '');
  const fields = useMemo(() => fieldsOf(kind), [kind]);
  const automatic =
    part === 'loss'
      ? [{ value: '', label: 'Automatic', help: 'Cross-entropy for classes, squared error for numbers.' }]
      : [];
  const write = (next: KindSpec | null, phase?: 'begin' | 'move' | 'end' | 'single'): void =>
    session.edit((now) => ({ ...now, [part]: next }) as RunSpec, phase);
  return (
    <>
      <Row label={label} help={kind?.help} effect="restarts">
        {(id) => (
          <Choice
            id={id}
            label={label}
            options={[...automatic, ...optionsOf(kinds, part)]}
            value={kind?.kind ?? ''}
            onChange={(next) => write(next === '' ? null : withKind({ kind: next }, next))}
          />
        )}
      </Row>
      {chosen
        ? fields.map((field) => (
            <SchemaField
              key={field.name}
              field={field}
              value={fieldValue(chosen, field)}
              effect="restarts"
              onChange={(value, phase) => write(withField(chosen, field.name, value), phase)}
            />
          ))
        : null}
    </>
  );
}

function Preprocess() {
  const { data } = useSpec();
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
