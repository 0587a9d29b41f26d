/** What comes of a file as it is read now: samples, their number, and how many each class has. */
import { Skeleton } from '@mantine/core';
import { formatCount, formatShape } from '../../draw';
import type { CheckedData } from '../../generated/schemas';
import { Balance } from '../choose/Balance';
import { SplitFields } from '../choose/SplitFields';
import { Statistics } from '../choose/Statistics';
import { Samples } from '../Samples';
import { onOneLine } from '../values';
import type { Reading } from './useReading';

export function Look({ reading }: { readonly reading: Reading }) {
  const { preview, problem, isInUse } = reading;
  if (problem) {
    return (
      <p className="own-refused sm" role="alert">
        {problem}
      </p>
    );
  }
  if (!preview) return <Skeleton height={140} radius={4} animate={false} />;
  const { data } = preview;
  return (
    <div className="own-look">
      <p className="sm">{taskOf(data)}</p>
      <Samples preview={preview} />
      <dl className="sm num">
        <dt>Samples</dt>
        <dd>
          {formatCount(data.num_train)} train, {formatCount(data.num_validation)} validation
        </dd>
        <dt>Shape of one</dt>
        <dd>{formatShape(data.input_shape)}</dd>
        {data.num_tokens ? (
          <>
            <dt>Vocabulary</dt>
            <dd>{vocabularyOf(data)}</dd>
          </>
        ) : null}
      </dl>
      {isInUse ? <SplitFields preview={preview} /> : null}
      {data.num_tokens ? null : <Balance preview={preview} />}
      <Statistics preview={preview} />
    </div>
  );
}

function taskOf({ task, class_names, output_shape, num_tokens }: CheckedData): string {
  if (task === 'regression')
    return `Regression: ${output_shape.length === 1 && output_shape[0] === 1 ? 'one number' : `${formatShape(output_shape)} numbers`} for each sample.`;
  if (num_tokens && output_shape.length === 2) return 'At each step, the network tells what comes next.';
  return `Classification: one of ${formatCount(class_names.length)} classes.`;
}

const MOST_WORDS = 40;

function vocabularyOf({ vocabulary, num_tokens }: CheckedData): string {
  const shown = vocabulary.slice(0, MOST_WORDS).map(visible).join(' ');
  return `${formatCount(num_tokens ?? 0)}: ${shown}${vocabulary.length > MOST_WORDS ? ' …' : ''}`;
}

/** White space is seen by its sign. */
const visible = (token: string): string => onOneLine(token.replaceAll(' ', '␣'));
