/** What is known of a set: task, size, memory, licence, source. */
import { formatBytes, formatCount, formatCounted, formatShape } from '../../draw';
import type { DataMemory, DatasetPreview } from '../../generated/schemas';
import { usePage } from '../../session/react';
import { numDifferent } from './balance';
import { Part } from './Part';
import { type Choosable, nounOf } from './sets';

interface FactsProps {
  readonly one: Choosable | undefined;
  readonly preview: DatasetPreview | null;
}

export function Facts({ one, preview }: FactsProps) {
  const checked = usePage((page) => page.check?.data);
  const data = preview?.data;
  const memory = (checked?.dataset === data?.dataset ? checked?.memory : null) ?? data?.memory;
  return (
    <Part title="About">
      <dl className="facts num">
        {data ? <Fact name="Task" value={taskText(preview)} /> : null}
        {data && one ? <Fact name="One sample" value={sampleText(preview)} /> : null}
        {preview && one ? (
          <Fact name="Samples" value={`${formatCount(numDifferent(preview))} ${nounOf(one.kind)}`} />
        ) : null}
        {memory ? <Fact name="Memory" value={memoryText(memory)} /> : null}
        <Fact name="Licence" value={one?.upload ? 'Yours; it stays on this server' : one?.kind.details.licence} />
        <Fact name="Source" value={one?.upload ? one.upload.name : one?.kind.source} />
      </dl>
    </Part>
  );
}

/** A name with its value; nothing where there is no value. */
export const Fact = ({ name, value }: { readonly name: string; readonly value: unknown }) =>
  value ? (
    <div>
      <dt>{name}</dt>
      <dd>{String(value)}</dd>
    </div>
  ) : null;

function taskText({ data }: DatasetPreview): string {
  const [first = 1, second] = data.output_shape;
  if (data.task === 'regression') return first === 1 ? 'regression, one number' : `regression, ${first} numbers`;
  const classes = formatCount(data.class_names.length);
  return second === undefined
    ? `classification, ${classes} classes`
    : `classification, one of ${classes} tokens at each of ${formatCounted(first, 'step')}`;
}

function sampleText({ data }: DatasetPreview): string {
  const shape = formatShape(data.input_shape);
  if (data.num_tokens) return `${shape} tokens, each one of ${formatCount(data.num_tokens)}`;
  const range = data.value_range;
  return range
    ? `${shape}, values ${range.join('…')}`
    : `${shape} ${data.input_shape.join() === '1' ? 'number' : 'numbers'}`;
}

/** What it needs against what it may use; said before anything is trained. */
function memoryText({ bytes, limit, is_streamed }: DataMemory): string {
  const words = `${formatBytes(bytes)} of ${formatBytes(limit)} allowed`;
  return is_streamed ? `${words}; read in batches as they come` : words;
}
