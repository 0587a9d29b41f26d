/** How a table is written that could not be read as it was found: told before it is sent again. */
import { Choice } from '../../forms/Choice';
import type { TableForm } from '../../generated/schemas';
import { DECIMALS, DELIMITERS, FIRST_LINE } from './read/FormRow';

export const isTable = (name: string): boolean => /\.(csv|tsv)$/i.test(name);

interface WrittenSoProps {
  readonly name: string;
  readonly form: TableForm;
  onChange(form: TableForm): void;
}

const FOUND = { value: '', label: 'delimiter as found' };

export function WrittenSo({ name, form, onChange }: WrittenSoProps) {
  const { delimiter, decimal, has_names } = form;
  return (
    <div className="own-written">
      <Choice
        label={`Delimiter of ${name}`}
        options={[FOUND, ...DELIMITERS]}
        value={delimiter ?? ''}
        onChange={(value) => onChange({ ...form, delimiter: (value || null) as TableForm['delimiter'] })}
      />
      <Choice
        label={`Decimals of ${name}`}
        options={[{ value: '', label: 'decimals as found' }, ...DECIMALS]}
        value={decimal ?? ''}
        onChange={(value) => onChange({ ...form, decimal: (value || null) as TableForm['decimal'] })}
      />
      <Choice
        label={`First line of ${name}`}
        options={[{ value: '', label: 'first line as found' }, ...FIRST_LINE]}
        value={has_names === null ? '' : String(has_names)}
        onChange={(value) => onChange({ ...form, has_names: value === '' ? null : value === 'true' })}
      />
    </div>
  );
}
