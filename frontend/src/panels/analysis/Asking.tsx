/** What stands over an analysis: in the head, how it stands; in the body, its form until there is a picture. */
import { type ReactElement, useState } from 'react';
import { formatCount } from '../../draw/format';
import { SchemaField } from '../../forms/SchemaField';
import { type Field, fieldsOf } from '../../forms/schema';
import type { Kind } from '../../generated/schemas';
import { type Asked, isOpen } from '../../stores/analyses';
import type { Options } from '../drawing';
import { Toggle } from '../PanelHead';
import { PanelIcon } from '../PanelIcon';
import { checkOf, type PanelProps } from '../props';
import { handOn, useHandedOn } from './handedOn';
import { isQuick, readsState } from './shown';
import { changedParams, FOLLOW, follows, PARAMS, valuesOf, wishOf, withParam } from './wish';
import { progressText } from './words';
import './analysis.css';

export interface AnalysisParts {
  readonly kind: Kind;
  readonly props: PanelProps;
  readonly options: Options;
  readonly setOption: (name: string, value: string) => void;
  readonly asked: Asked;
}

/** In the head: compute again, the form, and while it is computed how far it is. */
export function AnalysisHead({
  parts,
  isFormOpen,
  isFormShown,
  openForm,
}: {
  readonly parts: AnalysisParts;
  readonly isFormOpen: boolean;
  /** The form in the body, opened or for want of a picture, tells how far it is. */
  readonly isFormShown: boolean;
  readonly openForm: (isOpen: boolean) => void;
}): ReactElement {
  const { kind, props, options, asked } = parts;
  const box = useHandedOn<HTMLSpanElement>(kind.kind, isOpen(asked));
  const again = (): void => {
    handOn(kind.kind);
    props.analyses?.ask(wishOf(kind, props, options));
  };
  const where = props.viewStep == null ? 'at the present step' : `at step ${formatCount(props.viewStep)}`;
  return (
    <>
      <span className="analysis-again" ref={box}>
        {isOpen(asked) && !isQuick(kind) && !isFormShown ? (
          <Progress parts={parts} />
        ) : (
          <button
            type="button"
            className="panel-menu"
            aria-label={`${kind.title}: compute ${readsState(kind) ? where : ''}`.trim()}
            title={readsState(kind) ? `Compute ${where}` : 'Compute again'}
            disabled={!props.record || isOpen(asked)}
            onClick={again}
          >
            <PanelIcon name="again" />
          </button>
        )}
      </span>
      {fieldsOf(kind).length + (readsState(kind) ? 1 : 0) > 0 && (
        <button
          type="button"
          className="panel-menu"
          aria-label={`${kind.title}: settings`}
          title="Settings"
          aria-expanded={isFormOpen}
          onClick={() => openForm(!isFormOpen)}
        >
          <PanelIcon name="sliders" />
        </button>
      )}
    </>
  );
}

function Progress({ parts: { kind, props, asked } }: { readonly parts: AnalysisParts }): ReactElement {
  const cancel = (): void => {
    handOn(kind.kind);
    props.analyses?.cancel(kind.kind);
  };
  return (
    <span className="analysis-progress">
      <progress max={1} value={asked.status === 'running' ? asked.progress : undefined} aria-label={kind.title} />
      <span>{progressText(asked, performance.now())}</span>
      <button type="button" className="panel-button" title="Cancel (Esc)" onClick={cancel}>
        Cancel
      </button>
    </span>
  );
}

/** In the body where nothing is computed yet: what it is, its form, and the button. */
export function AnalysisIntro({ parts }: { readonly parts: AnalysisParts }): ReactElement {
  const { kind, asked, props } = parts;
  if (asked.isInapplicable)
    return (
      <div className="panel-state">
        <p>
          <b>{asked.reason}</b>
        </p>
      </div>
    );
  const isAlone = isQuick(kind) && asked.status !== 'failed';
  return (
    <div className="analysis-intro" aria-busy={isOpen(asked)}>
      <p>{kind.help}</p>
      {!isAlone && <Form parts={parts} />}
      {!props.record && <p className="analysis-note">There is no run yet.</p>}
    </div>
  );
}

/** Over the picture, when it is opened by hand. */
export function AnalysisSheet({ parts }: { readonly parts: AnalysisParts }): ReactElement {
  return (
    <div className="analysis-sheet">
      <p>{parts.kind.help}</p>
      <Form parts={parts} />
    </div>
  );
}

function Form({ parts }: { readonly parts: AnalysisParts }): ReactElement {
  const { kind, props, options, setOption, asked } = parts;
  const fields = fieldsOf(kind);
  const values = valuesOf(fields, changedParams(options));
  const isBusy = isOpen(asked);
  const box = useHandedOn<HTMLDivElement>(kind.kind, isBusy);
  const [typed, setTyped] = useState<Readonly<Record<string, unknown>>>({});
  const change = (name: string, value: unknown, phase: string): void => {
    // A drag is drawn at once and asked for when the hand lets go.
    const isMoving = phase === 'begin' || phase === 'move';
    setTyped(isMoving ? { ...typed, [name]: value } : {});
    if (!isMoving) setOption(PARAMS, withParam(fields, options, name, value));
  };
  return (
    <form
      className="analysis-form"
      onSubmit={(event) => {
        event.preventDefault();
        handOn(kind.kind);
        props.analyses?.ask(wishOf(kind, props, options));
      }}
    >
      <div className="analysis-fields">
        {fields.map((field) => (
          <SchemaField
            key={field.name}
            field={withNodes(field, props)}
            value={field.name in typed ? typed[field.name] : values[field.name]}
            problem={asked.problems.find((one) => one.field === field.name)?.text}
            onChange={(value, phase) => change(field.name, value, phase)}
          />
        ))}
      </div>
      {asked.status === 'failed' && asked.problems.length === 0 && (
        <p className="analysis-failed" role="alert">
          {asked.reason}
        </p>
      )}
      <div className="analysis-buttons" ref={box}>
        {isBusy && !isQuick(kind) ? (
          <Progress parts={parts} />
        ) : (
          <button type="submit" className="panel-button analysis-compute" disabled={!props.record}>
            Compute
          </button>
        )}
        {readsState(kind) && <FollowToggle parts={parts} />}
      </div>
    </form>
  );
}

/** Which layer is chosen from those of the network; empty takes the one that the help tells of. */
function withNodes(field: Field, props: PanelProps): Field {
  const nodes = checkOf(props)?.nodes ?? [];
  if (field.name !== 'node' || field.form.kind !== 'text' || nodes.length === 0) return field;
  return { ...field, form: { kind: 'names', names: nodes.map(({ id }) => id), emptyWord: 'by itself' } };
}

function FollowToggle({ parts: { kind, options, setOption } }: { readonly parts: AnalysisParts }): ReactElement {
  const values = [
    { value: 'on', label: 'on' },
    { value: 'off', label: 'off' },
  ];
  const choice = { name: FOLLOW, label: 'Follow training', place: 'toggle' as const, values };
  return (
    <span className="analysis-follow" title="Compute again by itself as the run goes on.">
      <Toggle choice={choice} value={follows(kind, options) ? 'on' : 'off'} setOption={setOption} />
    </span>
  );
}
