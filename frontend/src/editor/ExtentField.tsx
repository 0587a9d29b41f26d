/** A size such as 3 × 3: typed as one number or several, or stepped by the arrow keys. */
import { type KeyboardEvent, useState } from 'react';
import { Row } from '../forms/Row';
import type { Field } from '../forms/schema';
import { fieldLabel } from '../forms/words';
import { type ExtentForm, extentText, readExtent, stepExtent } from './extent';

interface ExtentFieldProps {
  readonly field: Field;
  readonly form: ExtentForm;
  readonly value: unknown;
  onChange(value: unknown): void;
}

export function ExtentField({ field, form, value, onChange }: ExtentFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isBad = typed !== null && readExtent(typed, form) === null;
  const commit = (): void => {
    const read = typed === null ? null : readExtent(typed, form);
    if (read === null) return;
    setTyped(null);
    if (JSON.stringify(read) !== JSON.stringify(value)) onChange(read);
  };
  const step = (by: number): void => {
    setTyped(null);
    onChange(stepExtent(typed === null ? value : (readExtent(typed, form) ?? value), by, form));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { currentTarget } = event;
    const moves: Record<string, () => void> = {
      ArrowUp: () => step(1),
      ArrowDown: () => step(-1),
      Enter: commit,
      Escape: () => {
        setTyped(null);
        currentTarget.blur();
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const words = [`one number, or ${form.count}`, ...form.words].join(', or ');
  return (
    <Row label={fieldLabel(field.name)} help={field.help}>
      {(id) => (
        <div className="number extent" data-bad={isBad || undefined}>
          <input
            id={id}
            type="text"
            autoComplete="off"
            spellCheck={false}
            aria-invalid={isBad || undefined}
            value={typed ?? extentText(value, form)}
            onChange={(event) => setTyped(event.target.value)}
            onFocus={(event) => event.target.select()}
            onBlur={commit}
            onKeyDown={onKeyDown}
          />
          <i className="number-line" />
          {isBad ? (
            <p className="field-problem" role="alert">
              Allowed: {words}
            </p>
          ) : null}
        </div>
      )}
    </Row>
  );
}
