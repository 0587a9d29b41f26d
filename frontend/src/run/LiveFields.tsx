/** The fields that a running network takes up at its next batch. */
import { useMemo } from 'react';
import { withField } from '../data/edits';
import { countDropout, readDropout, writeDropout } from '../editor/switches';
import { Choice } from '../forms/Choice';
import { NumberField } from '../forms/NumberField';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import { type Field, fieldsOf, findKind } from '../forms/schema';
import { usualScale } from '../forms/usual';
import type { Kind } from '../generated/schemas';
import { usePage, useSession, useSpecPart } from '../session/react';
import { fieldValue, withKind } from './edits';
import { useProblem, useSince, useWarning } from './field';
import { FindRate } from './RateTest';

/** Fields of an optimizer that stand in the rail; the others lie under More settings. */
export const MAIN_OPTIMIZER_FIELDS = ['momentum', 'lr'];

const P_LIMITS = { isWhole: false, low: 0, high: 1, isLowOpen: false, isHighOpen: true };
const BATCH_LIMITS = { isWhole: true, low: 1, high: 65_536, isLowOpen: false, isHighOpen: false };
const NO_KINDS: readonly Kind[] = [];

export const useKinds = (): readonly Kind[] => usePage((page) => page.catalog?.kinds ?? NO_KINDS);

export const optionsOf = (kinds: readonly Kind[], family: Kind['family']) =>
  kinds.filter((kind) => kind.family === family).map(({ kind, title, help }) => ({ value: kind, label: title, help }));

function useOptimizerKind(): Kind | undefined {
  const optimizer = useSpecPart('optimizer');
  return findKind(useKinds(), 'optimizer', optimizer.kind);
}

export function useOptimizerFields(): readonly Field[] {
  const kind = useOptimizerKind();
  return useMemo(() => fieldsOf(kind), [kind]);
}

export function LiveFields() {
  const fields = useOptimizerFields().filter((field) => MAIN_OPTIMIZER_FIELDS.includes(field.name));
  const inOrder = [...fields].sort(
    (a, b) => MAIN_OPTIMIZER_FIELDS.indexOf(a.name) - MAIN_OPTIMIZER_FIELDS.indexOf(b.name),
  );
  return (
    <>
      <OptimizerKind />
      {inOrder.map((field) => (
        <OptimizerField key={field.name} field={field} />
      ))}
      <BatchSize />
      <Dropout />
    </>
  );
}

function OptimizerKind() {
  const optimizer = useSpecPart('optimizer');
  const session = useSession();
  const kinds = useKinds();
  const kind = findKind(kinds, 'optimizer', optimizer.kind);
  return (
    <Row label="Optimizer" help={kind?.help} since={useSince('optimizer.kind')}>
      {(id) => (
        <Choice
          id={id}
          label="Optimizer"
          options={optionsOf(kinds, 'optimizer')}
          value={kind?.kind ?? null}
          onChange={(next) => session.edit((spec) => ({ ...spec, optimizer: withKind(spec.optimizer, next) }))}
        />
      )}
    </Row>
  );
}

export function OptimizerField({ field, effect }: { readonly field: Field; readonly effect?: 'live' | 'restarts' }) {
  const optimizer = useSpecPart('optimizer');
  const session = useSession();
  const path = `optimizer.${field.name}`;
  return (
    <SchemaField
      field={field}
      value={fieldValue(optimizer, field)}
      extra={field.name === 'lr' ? <FindRate /> : undefined}
      effect={effect}
      since={useSince(path)}
      problem={useProblem(path)}
      onChange={(value, phase) =>
        session.edit((spec) => ({ ...spec, optimizer: withField(spec.optimizer, field.name, value) }), phase)
      }
    />
  );
}

const UNITS: Record<string, string> = { image: 'images', points: 'points', sequence: 'sequences' };

function BatchSize() {
  const data = useSpecPart('data');
  const session = useSession();
  const inputKind = usePage((page) => page.check?.data?.input_kind ?? '');
  const problem = useProblem('data.batch_size');
  const warning = useWarning('data.batch_size');
  const isFull = useOptimizerKind()?.details.full_batch === true;
  const help = isFull ? 'This optimizer learns from all samples at each step.' : 'Samples a step learns from.';
  return (
    <Row label="Batch size" help={help} since={useSince('data.batch_size')}>
      {(id) => (
        <NumberField
          id={id}
          label="Batch size"
          value={isFull ? null : data.batch_size}
          isDisabled={isFull}
          placeholder="all"
          unit={UNITS[inputKind] ?? 'samples'}
          scale={usualScale('batch_size', BATCH_LIMITS)}
          limits={BATCH_LIMITS}
          problem={problem}
          warning={warning}
          onChange={(value, phase) =>
            session.edit((spec) => ({ ...spec, data: { ...spec.data, batch_size: value ?? 1 } }), phase)
          }
        />
      )}
    </Row>
  );
}

const dropoutUnit = (count: number): string => (count === 1 ? 'p, 1 layer' : `p, ${count} layers`);

function Dropout() {
  const graph = useSpecPart('graph');
  const session = useSession();
  const count = countDropout(graph);
  const p = readDropout(graph);
  const problem = useProblem('dropout');
  const help =
    count > 0
      ? 'Share of the values that are set to 0 while training, in every dropout layer.'
      : 'There is no dropout yet: a value above 0 puts one in front of the output, which starts a new run.';
  return (
    <Row label="Dropout" help={help} effect={count > 0 ? null : 'restarts'} since={useSince('dropout')}>
      {(id) => (
        <NumberField
          id={id}
          label="Dropout"
          value={p}
          placeholder="mixed"
          unit={count > 0 ? dropoutUnit(count) : 'adds a layer'}
          scale={usualScale('dropout', P_LIMITS)}
          limits={P_LIMITS}
          problem={problem}
          onChange={(value, phase) =>
            session.edit((spec) => ({ ...spec, graph: writeDropout(spec.graph, value ?? 0) }), phase)
          }
        />
      )}
    </Row>
  );
}
