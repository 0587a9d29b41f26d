/** The columns of a table as they were read: type, gaps, first values; which is told, and which tell it. */
import { formatCount } from '../../../draw';
import type { Column } from '../../../generated/schemas';
import type { FormState } from '../useForm';
import type { Reading } from '../useReading';
import { canBeUsed, numInputs, type Roles, rolesOf, toggled, withTarget } from './columns';

interface ColumnTableProps {
  readonly columns: readonly Column[];
  readonly reading: Reading;
  readonly form: FormState;
}

const FREE_TEXT = 'Free text is neither a number nor a category.';

export function ColumnTable({ columns, reading, form }: ColumnTableProps) {
  const roles = rolesOf(columns, reading.params);
  const choose = ({ target, features }: Roles): void => reading.setAll({ target, features });
  const inputs = numInputs(columns, roles);
  return (
    <div className="own-columns">
      <table>
        <thead>
          <tr>
            <th>Column</th>
            <th>Type</th>
            <th className="number-cell">Missing</th>
            <th>First values</th>
            <th className="mark-cell">Feature</th>
            <th className="mark-cell">Target</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.name} data-target={column.name === roles.target || undefined}>
              <th scope="row" className="clip" title={column.name}>
                {column.name}
              </th>
              <td title={column.categories.join(', ') || undefined}>
                <select
                  className="own-type"
                  aria-label={`Type of ${column.name}`}
                  data-asked={form.asked.types[column.name] !== undefined || undefined}
                  value={column.type}
                  disabled={form.isBusy}
                  onChange={(event) =>
                    form.set({
                      types: { ...form.asked.types, [column.name]: event.currentTarget.value as Column['type'] },
                    })
                  }
                >
                  {TYPES.map((type) => (
                    <option key={type} value={type}>
                      {typeOf(column, type)}
                    </option>
                  ))}
                </select>
              </td>
              <td className="number-cell num">{column.num_missing > 0 ? formatCount(column.num_missing) : '–'}</td>
              <td className="clip faint" title={column.examples.join(', ')}>
                {column.examples.join(', ')}
              </td>
              <td className="mark-cell">
                {column.name === roles.target ? null : (
                  <input
                    type="checkbox"
                    aria-label={`${column.name} is a feature`}
                    title={canBeUsed(column) ? undefined : FREE_TEXT}
                    checked={roles.features.includes(column.name)}
                    disabled={!canBeUsed(column)}
                    onChange={() => choose(toggled(columns, roles, column.name))}
                  />
                )}
              </td>
              <td className="mark-cell">
                <input
                  type="radio"
                  name="target"
                  aria-label={`${column.name} is the target`}
                  checked={column.name === roles.target}
                  disabled={!canBeUsed(column)}
                  onChange={() => choose(withTarget(columns, roles, column.name))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="xs faint num">
        {formatCount(roles.features.length)} of {formatCount(columns.length)} columns tell{' '}
        {roles.target ?? 'the target'}: {formatCount(inputs)} {inputs === 1 ? 'input' : 'inputs'}
        {inputs > roles.features.length ? ', with one for each category' : ''}.
      </p>
    </div>
  );
}

const TYPES: readonly Column['type'][] = ['number', 'category', 'text'];

/** A type as the choice of a column names it. */
function typeOf({ type, num_categories }: Column, named: Column['type']): string {
  if (named === 'category')
    return type === named
      ? `${formatCount(num_categories)} ${num_categories === 1 ? 'category' : 'categories'}`
      : 'categories';
  return named === 'text' ? 'free text' : 'numbers';
}
