/** How a table is written, as it was found or asked for: each can be changed, and the file is read again. */
import { UnstyledButton } from '@mantine/core';
import { Choice } from '../../../forms/Choice';
import type { FoundForm, TableForm } from '../../../generated/schemas';
import type { FormState } from '../useForm';

export const DELIMITERS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'comma', label: 'commas' },
  { value: 'semicolon', label: 'semicolons' },
  { value: 'tab', label: 'tabs' },
  { value: 'bar', label: 'bars' },
];
export const DECIMALS = [
  { value: 'point', label: '1.5' },
  { value: 'comma', label: '1,5' },
];
export const FIRST_LINE = [
  { value: 'true', label: 'names' },
  { value: 'false', label: 'values' },
];

export function FormRow({ found, form }: { readonly found: FoundForm; readonly form: FormState }) {
  const { asked, isBusy } = form;
  const isAsked = asked.delimiter !== null || asked.decimal !== null || asked.has_names !== null;
  const hasTypes = Object.keys(asked.types).length > 0;
  return (
    <section className="own-form" aria-label="How the table is written" data-busy={isBusy || undefined}>
      <Part title="Delimiter" isAsked={asked.delimiter !== null}>
        <Choice
          label="Delimiter"
          options={DELIMITERS}
          value={found.delimiter}
          isDisabled={isBusy}
          onChange={(delimiter) => form.set({ delimiter: delimiter as TableForm['delimiter'] })}
        />
      </Part>
      <Part title="Decimals" isAsked={asked.decimal !== null}>
        <Choice
          label="Decimals"
          options={DECIMALS}
          value={found.decimal}
          isDisabled={isBusy}
          onChange={(decimal) => form.set({ decimal: decimal as TableForm['decimal'] })}
        />
      </Part>
      <Part title="First line" isAsked={asked.has_names !== null}>
        <Choice
          label="First line"
          options={FIRST_LINE}
          value={String(found.has_names)}
          isDisabled={isBusy}
          onChange={(value) => form.set({ has_names: value === 'true' })}
        />
      </Part>
      <Part title="Encoding" isAsked={false}>
        <output className="sm">{found.encoding}</output>
      </Part>
      {isAsked || hasTypes ? (
        <UnstyledButton className="link own-found" disabled={isBusy} onClick={form.reset}>
          Read it as found
        </UnstyledButton>
      ) : null}
      {form.problem ? (
        <p className="own-refused sm" role="alert">
          {form.problem}
        </p>
      ) : null}
    </section>
  );
}

interface PartProps {
  readonly title: string;
  readonly isAsked: boolean;
  readonly children: React.ReactNode;
}

function Part({ title, isAsked, children }: PartProps) {
  return (
    <div>
      <span className="xs muted">
        {title} <span className="faint">{isAsked ? 'set' : 'found'}</span>
      </span>
      {children}
    </div>
  );
}
