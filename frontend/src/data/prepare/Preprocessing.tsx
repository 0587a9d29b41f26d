/** Preprocessing as visible steps: what it learnt from the training part, and samples and histograms after each step. */
import { useState } from 'react';
import { formatCount } from '../../draw';
import { Choice } from '../../forms/Choice';
import type { DatasetPreview, Preparation } from '../../generated/schemas';
import { useSession, useSpecPart } from '../../session/react';
import { Fitted } from './Fitted';
import { METHODS, type Method, withMethod } from './methods';
import { Stage } from './Stage';
import { usePreparation } from './usePreparation';

export function Preprocessing() {
  const { preview, problem, isAsking } = usePreparation();
  const preparation = preview?.preparation;
  return (
    <section className="prepare" aria-label="Preprocessing" data-asking={isAsking || undefined}>
      <div className="prepare-side">
        <Methods />
        {preparation ? <Fitted preparation={preparation} /> : null}
      </div>
      <div className="prepare-shown">
        {problem ? (
          <p className="prepare-problem sm" role="alert">
            {problem}
          </p>
        ) : null}
        {preview && preparation ? <Stages preview={preview} preparation={preparation} /> : null}
        {!preview && !problem ? <p className="sm muted">Reading the data …</p> : null}
      </div>
    </section>
  );
}

function Methods() {
  const session = useSession();
  const data = useSpecPart('data');
  return (
    <fieldset className="prepare-methods">
      <legend>
        <b>Preprocessing</b> <span className="tag restarts">restarts</span>
      </legend>
      {METHODS.map(({ value, label, help }) => (
        <label key={value}>
          <input
            type="radio"
            name="preprocess"
            value={value}
            checked={data.preprocess === value}
            onChange={() => session.edit((spec) => withMethod(spec, value as Method))}
          />
          <span>
            {label}
            <small>{help}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface StagesProps {
  readonly preview: DatasetPreview;
  readonly preparation: Preparation;
}

function Stages({ preview, preparation }: StagesProps) {
  const { stages, num_fitted, num_measured } = preparation;
  const names = stages[0]?.statistics.map((one) => one.name) ?? [];
  const [wanted, setFeature] = useState('0');
  const feature = Number(wanted) < names.length ? Number(wanted) : 0;
  const isImage = preview.data.input_kind === 'image' || preview.data.input_kind === 'video';
  const part = num_measured < preview.data.num_train ? `the first ${formatCount(num_measured)} of ` : '';
  return (
    <>
      <header className="prepare-head">
        <h3>Step by step</h3>
        <span className="xs muted">
          {stages.length > 1 ? `fitted on ${formatCount(num_fitted)} training samples only · ` : ''}histograms of {part}
          the training part
        </span>
        <span className="grow" />
        {names.length > 1 ? (
          <span className="prepare-feature">
            <Choice
              label={isImage ? 'Channel of the histogram' : 'Column of the histogram'}
              options={names.map((label, at) => ({ value: String(at), label }))}
              value={String(feature)}
              onChange={setFeature}
            />
          </span>
        ) : null}
      </header>
      <ol className="prepare-stages">
        {stages.map((stage, at) => (
          <Stage
            key={stage.name}
            stage={stage}
            data={preview.data}
            feature={feature}
            isLast={at === stages.length - 1}
            isFirst={at === 0}
          />
        ))}
      </ol>
    </>
  );
}
