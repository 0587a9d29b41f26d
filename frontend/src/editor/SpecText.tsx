/** The whole experiment as text, the same thing three times: JSON that can be edited, PyTorch, and the REST call. */
import { type KeyboardEvent, useId } from 'react';
import { usePage, useWorkplace } from '../session/react';
import { JsonText } from './JsonText';
import { PythonText } from './PythonText';
import { RestText } from './RestText';
import './specText.css';

const FORMS = [
  { form: 'json', title: 'JSON' },
  { form: 'python', title: 'PyTorch' },
  { form: 'rest', title: 'REST' },
] as const;

export function SpecText({ isWide }: { readonly isWide: boolean }) {
  const id = useId();
  const shown = usePage((page) => page.textForm);
  return (
    <div className="spec-text">
      <Tabs id={id} />
      <div className="spec-tab" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown}`}>
        {shown === 'json' ? <JsonText isWide={isWide} /> : shown === 'python' ? <PythonText /> : <RestText />}
      </div>
    </div>
  );
}

function Tabs({ id }: { readonly id: string }) {
  const { page } = useWorkplace();
  const shown = usePage((one) => one.textForm);
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = FORMS.findIndex(({ form }) => form === shown);
    const next = FORMS[(at + by + FORMS.length) % FORMS.length];
    if (!next) return;
    page.setState({ textForm: next.form });
    document.getElementById(`${id}-${next.form}`)?.focus();
  };
  return (
    <div className="spec-tabs" role="tablist" aria-label="Experiment as" onKeyDown={move}>
      {FORMS.map(({ form, title }) => (
        <button
          key={form}
          type="button"
          role="tab"
          id={`${id}-${form}`}
          aria-selected={form === shown}
          aria-controls={`${id}-panel`}
          tabIndex={form === shown ? 0 : -1}
          onClick={() => page.setState({ textForm: form })}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
