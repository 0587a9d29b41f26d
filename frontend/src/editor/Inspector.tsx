/** What a layer is made of: its fields, the sums behind its numbers, and what it does. Read here, changed as JSON. */
import { formatShape } from '../draw';
import { type Field, fieldsOf } from '../forms/schema';
import { fieldLabel } from '../forms/words';
import type { CheckedNode, Kind, NodeSpec } from '../generated/schemas';
import { receptiveField, sums } from './arithmetic';
import { Formula } from './Formula';
import { StartSpread } from './StartSpread';
import { extent } from './words';

interface InspectorProps {
  readonly node: CheckedNode;
  readonly spec: NodeSpec | undefined;
  readonly kind: Kind | undefined;
}

const AS_EXTENT = new Set(['kernel_size', 'stride', 'padding', 'dilation']);

function valueText(field: Field, value: unknown): string {
  if (value === null || value === undefined) return 'from the input';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (AS_EXTENT.has(field.name) && (Array.isArray(value) || field.name === 'kernel_size')) return extent(value);
  return String(value).replaceAll('_', ' ');
}

/** Fields that say something: those that are set or have a default; sizes that are inferred are left out. */
function told(kind: Kind | undefined, spec: NodeSpec | undefined): { readonly name: string; readonly text: string }[] {
  const written = (spec ?? {}) as Record<string, unknown>;
  return fieldsOf(kind)
    .map((field) => ({ field, value: written[field.name] ?? field.initial }))
    .filter(({ value }) => value !== null)
    .map(({ field, value }) => ({ name: fieldLabel(field.name), text: valueText(field, value) }));
}

export function Inspector({ node, spec, kind }: InspectorProps) {
  const field = receptiveField(node);
  const shapes = node.input_shapes.map((shape) => formatShape(shape)).join(', ');
  return (
    <div className="inspector">
      <dl className="num">
        {told(kind, spec).map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p className="sums num">
        {sums(node, spec).map((sum) => (
          <span key={sum.terms}>
            {sum.terms} = <b>{sum.result}</b>
          </span>
        ))}
        {field ? (
          <span>
            <span className="only-wide">receptive </span>field {field}
          </span>
        ) : null}
      </p>
      <StartSpread node={node.id} />
      <p className="inspector-help">
        {kind?.help} {shapes && node.output_shape ? `${shapes} → ${formatShape(node.output_shape)}.` : ''}
      </p>
      {kind?.formula ? <Formula tex={kind.formula} /> : null}
    </div>
  );
}
