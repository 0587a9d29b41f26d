/** The fields of a layer in its card, the sums behind its numbers, and what it does. */
import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { formatShape } from '../draw';
import { Choice } from '../forms/Choice';
import { Icon } from '../forms/Icon';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import { type Field, fieldsOf, findKind } from '../forms/schema';
import { fieldLabel } from '../forms/words';
import type { CheckedNode, Kind, NodeSpec } from '../generated/schemas';
import { usePage, useSpecPart, useWorkplace } from '../session/react';
import type { EditPhase } from '../words/edit';
import { changeKind, editNode } from './actions';
import { receptiveField, sums } from './arithmetic';
import { ExtentField } from './ExtentField';
import { find } from './edges';
import { extentForm } from './extent';
import { Formula } from './Formula';
import { wire } from './graph';
import { InitFields } from './InitFields';
import { NameField } from './NameField';
import { NodeButtons } from './NodeButtons';
import { setField, setInit } from './nodeFields';
import { ReadsFields } from './ReadsFields';
import { sortFields } from './rarely';
import { StartSpread } from './StartSpread';
import { largeCount } from './words';

interface InspectorProps {
  readonly node: CheckedNode;
  readonly kind: Kind | undefined;
}

export function Inspector({ node, kind }: InspectorProps) {
  const graph = useSpecPart('graph');
  const workplace = useWorkplace();
  const kinds = usePage((one) => one.catalog?.kinds ?? NO_KINDS);
  const nodes = wire(graph);
  const spec = find(nodes, node.id)?.spec;
  const [showsAll, setShowsAll] = useState(false);
  if (!spec) return null;
  const { open, rare } = sortFields(fieldsOf(kind), spec);
  const hasInit = kind?.details.has_weights === true;
  const init = hasInit ? (
    <InitFields
      init={spec.init}
      kinds={kinds}
      onChange={(next, phase) => editNode(workplace, (all) => setInit(all, node.id, next), phase)}
    />
  ) : null;
  const folded = rare.length + (hasInit && !spec.init ? 1 : 0);
  const fieldOf = (field: Field) => (
    <NodeField key={`${node.id} ${field.name}`} {...{ field, kind, spec }} id={node.id} />
  );
  return (
    <div className="inspector nodrag nopan">
      <div className="inspector-fields">
        <NameField key={node.id} nodes={nodes} id={node.id} />
        <NodeButtons id={node.id} />
        <KindField kind={kind} kinds={kinds} id={node.id} />
        {open.map(fieldOf)}
        {spec.init ? init : null}
        <ReadsFields nodes={nodes} id={node.id} kind={kind} />
      </div>
      {folded > 0 ? (
        <UnstyledButton className="link fold-line" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          <Icon name={showsAll ? 'fold' : 'unfold'} size={12} />
          {showsAll ? 'Fewer' : 'More'}
          {showsAll ? null : <span className="faint">{foldedWords(rare, hasInit && !spec.init)}</span>}
        </UnstyledButton>
      ) : null}
      {showsAll && folded > 0 ? (
        <div className="inspector-fields">
          {rare.map(fieldOf)}
          {spec.init ? null : init}
        </div>
      ) : null}
      <Sums node={node} spec={spec} />
      <StartSpread node={node.id} />
      <Help node={node} kind={kind} />
    </div>
  );
}

const NO_KINDS: never[] = [];

/** 'dilation, groups, bias, init' */
const foldedWords = (rare: readonly Field[], hasInit: boolean): string =>
  [...rare.map((field) => fieldLabel(field.name).toLowerCase()), ...(hasInit ? ['init'] : [])].join(', ');

interface NodeFieldProps {
  readonly field: Field;
  readonly kind: Kind | undefined;
  readonly spec: NodeSpec;
  readonly id: string;
}

function NodeField({ field, kind, spec, id }: NodeFieldProps) {
  const workplace = useWorkplace();
  const since = usePage((one) => one.confirmed[`nodes.${id}.${field.name}`]);
  const written = (spec as Record<string, unknown>)[field.name];
  const value = written ?? field.initial;
  const onChange = (next: unknown, phase: EditPhase): void => {
    // A live field stays written: to leave it out would be a new run.
    const isDefault = !field.isLive && JSON.stringify(next) === JSON.stringify(field.initial);
    const told = isDefault || next === null ? undefined : next;
    editNode(workplace, (nodes) => setField(nodes, id, field.name, told), phase);
  };
  const form = extentForm(kind, field.name);
  if (form) return <ExtentField {...{ field, form, value }} onChange={onChange} />;
  // What a layer leaves out it takes from what it reads.
  return (
    <SchemaField
      {...{ field, value, since, onChange }}
      emptyWord="inferred"
      effect={field.isLive ? 'live' : null}
      tellsTyping={!field.isLive}
    />
  );
}

/** Groups whose kinds can take each other's place. */
const ALIKE = new Set(['activation', 'norm', 'pooling', 'regularisation', 'recurrent']);

function KindField({
  kind,
  kinds,
  id,
}: {
  readonly kind?: Kind;
  readonly kinds: readonly Kind[];
  readonly id: string;
}) {
  const workplace = useWorkplace();
  if (!kind || !ALIKE.has(kind.group)) return null;
  const alike = kinds.filter((one) => one.family === 'layer' && one.group === kind.group);
  if (alike.length < 2) return null;
  return (
    <Row label="Kind" help="Another layer of the same sort, in this place.">
      {(field) => (
        <Choice
          id={field}
          label="Kind"
          options={alike.map((one) => ({ value: one.kind, label: one.title, help: one.help }))}
          value={kind.kind}
          onChange={(name) => {
            const next = findKind(kinds, 'layer', name);
            if (next) changeKind(workplace, id, next);
          }}
        />
      )}
    </Row>
  );
}

function Sums({ node, spec }: { readonly node: CheckedNode; readonly spec: NodeSpec }) {
  const field = receptiveField(node);
  return (
    <p className="sums num">
      {sums(node, spec).map((sum) => (
        <span key={sum.terms}>
          {sum.terms} = <b>{sum.result}</b>
        </span>
      ))}
      {node.multiply_adds > 0 ? (
        <span>
          <b>{largeCount(node.multiply_adds)}</b> multiply-adds
        </span>
      ) : null}
      {field ? <span>receptive field {field}</span> : null}
    </p>
  );
}

function Help({ node, kind }: { readonly node: CheckedNode; readonly kind: Kind | undefined }) {
  const shapes = node.input_shapes.map((shape) => formatShape(shape)).join(', ');
  return (
    <>
      <p className="inspector-help">
        {kind?.help} {shapes && node.output_shape ? `${shapes} → ${formatShape(node.output_shape)}.` : ''}
      </p>
      {kind?.formula ? <Formula tex={kind.formula} /> : null}
    </>
  );
}
