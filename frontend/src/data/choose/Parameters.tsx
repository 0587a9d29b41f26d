/** The fields of the set in use; the samples above follow each change. */
import { UnstyledButton } from '@mantine/core';
import { useMemo } from 'react';
import { SchemaField } from '../../forms/SchemaField';
import { type Field, fieldsOf } from '../../forms/schema';
import { useFormWords } from '../../forms/useFormWords';
import { usePage, useSpecPart, useWorkplace } from '../../session/react';
import { setParameter } from '../parameters';
import { Part } from './Part';
import type { Choosable } from './sets';

export function Parameters({ one }: { readonly one: Choosable }) {
  const fields = useMemo(() => fieldsOf(one.kind), [one.kind]);
  if (one.upload) return <HowItIsRead />;
  if (fields.length === 0) return null;
  return (
    <Part title="Parameters" note="a change starts a new run">
      {fields.map((field) => (
        <Parameter key={field.name} field={field} />
      ))}
    </Part>
  );
}

/** How a file is read has a page of its own. */
function HowItIsRead() {
  const { page } = useWorkplace();
  return (
    <Part title="Parameters">
      <UnstyledButton className="link" onClick={() => page.setState({ dataPage: 'own' })}>
        Change how the file is read
      </UnstyledButton>
    </Part>
  );
}

function Parameter({ field }: { readonly field: Field }) {
  const data = useSpecPart('data');
  const workplace = useWorkplace();
  const inWords = useFormWords();
  const path = `data.params.${field.name}`;
  const problem = usePage((page) =>
    [...page.refused, ...(page.check?.problems ?? [])].find((one) => one.path === path),
  );
  return (
    <SchemaField
      field={field}
      value={data.params[field.name] ?? field.initial}
      problem={problem && inWords(problem.message)}
      effect={null}
      onChange={(value, phase) => void setParameter(workplace, field.name, value, phase)}
    />
  );
}
