/** How the samples are split: the share kept for validation, who draws it, whether classes keep their shares. */
import { formatCount } from '../../draw';
import { SchemaField } from '../../forms/SchemaField';
import type { Field } from '../../forms/schema';
import type { DatasetPreview, RunSpec } from '../../generated/schemas';
import { usePage, useSession, useSpecPart } from '../../session/react';
import { withField } from '../edits';
import { hasRepeats } from './balance';
import { Part } from './Part';

type Name = 'validation_fraction' | 'split_seed' | 'stratify' | 'oversample';

const LIMITS = { isWhole: false, low: 0, high: 1, isLowOpen: false, isHighOpen: true };

const field = (name: Name, help: string, initial: unknown, form: Field['form']): Field => ({
  name,
  help,
  initial,
  isLive: false,
  isOptional: initial === null,
  form,
});

const FRACTION = field(
  'validation_fraction',
  'Share of the samples that is kept for validation and never trained on.',
  0.2,
  { kind: 'number', limits: LIMITS },
);
const SEED = field(
  'split_seed',
  'Draws which samples are kept. Empty: the seed of the run. Runs with one split seed can be compared.',
  null,
  { kind: 'number', limits: { ...LIMITS, isWhole: true, high: 2 ** 32 - 1, isHighOpen: false } },
);
const STRATIFY = field('stratify', 'Both parts have the classes in the same shares.', true, { kind: 'switch' });
const OVERSAMPLE = field(
  'oversample',
  'Train on the classes in equal shares: samples of the rarer ones are repeated. Validation stays as it is.',
  false,
  { kind: 'switch' },
);

export function SplitFields({ preview }: { readonly preview: DatasetPreview | null }) {
  const data = preview?.data;
  const note = data
    ? `${formatCount(data.num_train)} train${hasRepeats(preview) ? ' with repeats' : ''}, ${formatCount(data.num_validation)} validation`
    : undefined;
  const hasClasses = data !== undefined && data.task === 'classification' && data.output_shape.length === 1;
  return (
    <Part title="Split" note={note}>
      <SplitField field={FRACTION} />
      <SplitField field={SEED} />
      {hasClasses ? <SplitField field={STRATIFY} /> : null}
      {hasClasses ? <SplitField field={OVERSAMPLE} /> : null}
    </Part>
  );
}

function SplitField({ field: one }: { readonly field: Field }) {
  const data = useSpecPart('data');
  const session = useSession();
  const name = one.name as Name;
  const problem = usePage((page) => page.refused.find(({ path }) => path === `data.${name}`)?.message);
  return (
    <SchemaField
      field={one}
      value={data[name] ?? one.initial}
      emptyWord="seed of the run"
      problem={problem}
      effect={null}
      onChange={(value, phase) =>
        session.edit((now): RunSpec => ({ ...now, data: withField(now.data, name, value) }), phase)
      }
    />
  );
}
