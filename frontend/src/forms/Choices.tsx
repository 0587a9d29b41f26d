/** Some of several words: each is switched on or off. They keep the order of the options, and one stays on. */
import type { EditPhase } from '../words/edit';
import { optionLabel } from './words';

interface ChoicesProps {
  readonly label: string;
  readonly options: readonly string[];
  readonly value: unknown;
  readonly problem?: string;
  onChange(value: readonly string[], phase: EditPhase): void;
}

export function Choices({ label, options, value, problem, onChange }: ChoicesProps) {
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const toggle = (option: string): void => {
    const isOn = (one: string): boolean => (one === option ? !chosen.includes(one) : chosen.includes(one));
    const next = options.filter(isOn);
    if (next.length > 0) onChange(next, 'single');
  };
  return (
    <fieldset className="choices" aria-label={label}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={chosen.includes(option)} onClick={() => toggle(option)}>
          {optionLabel(option)}
        </button>
      ))}
      {problem ? (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}
