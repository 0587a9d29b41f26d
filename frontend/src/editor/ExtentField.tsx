/** A size such as 3 × 3: typed as one number or several, or stepped by the arrow keys. */
import { type KeyboardEvent, useState } from 'react';
import { Row } from '../forms/Row';
import type { Field } from '../forms/schema';
import { useTyping } from '../forms/useTyping';
import { fieldLabel } from '../forms/words';
import type { EditPhase } from '../words/edit';
import { type ExtentForm, extentText, readExtent, stepExtent } from './extent';

interface ExtentFieldProps {
  readonly field: Field;
  readonly form: ExtentForm;
  readonly value: unknown;
  onChange(value: unknown, phase: EditPhase): void;
}

export function ExtentField({ field, form, value, onChange }: ExtentFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const typing = useTyping(value, onChange);
  const isBad = typed !== null && readExtent(typed, form) === null;
  const type = (text: string): void => {
    setTyped(text);
    const read = readExtent(text, form);
    if (read !== null) typing.tell(read);
  };
  const commit = (): void => {
    const read = typed === null ? null : readExtent(typed, form);
    if (read !== null) setTyped(null);
    if (typing.isUnderWay()) typing.end(read ?? undefined);
    else if (read !== null && JSON.stringify(read) !== JSON.stringify(value)) onChange(read, 'single');
  };
  const step = (by: number): void => {
    setTyped(null);
    typing.end();
    onChange(stepExtent(typed === null ? value : (readExtent(typed, form) ?? value), by, form), 'single');
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { currentTarget } = event;
    const moves: Record<string, () => void> = {
      ArrowUp: () => step(1),
      ArrowDown: () => step(-1),
      Enter: commit,
      Escape: () => {
        setTyped(null);
        typing.takeBack();
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
            data-typed={typed === null ? 'no' : undefined}
            aria-invalid={isBad || undefined}
            value={typed ?? extentText(value, form)}
            onChange={(event) => type(event.target.value)}
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
