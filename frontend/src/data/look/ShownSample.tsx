/** The chosen sample, large: what it is and what the network makes of it. */
import { formatCount } from '../../draw';
import type { CheckedData } from '../../generated/schemas';
import { useSession, useWorkplace } from '../../session/react';
import type { Part } from '../../stores/lamp';
import type { HeldSample } from '../../stores/samples';
import { formatValue } from '../values';
import type { Verdict } from './rows';
import { SampleImage } from './SampleImage';
import { useHeldSample } from './SampleList';
import { lossText, shareText, signOf } from './words';

const NOUNS: Record<string, string> = {
  image: 'image',
  points: 'point',
  sequence: 'sequence',
  tabular: 'row',
  video: 'clip',
};
/** Longest side of the picture. */
const SIDE = 168;

interface ShownSampleProps {
  readonly part: Part;
  /** Null where no sample of this part is chosen. */
  readonly index: number | null;
  /** Null where the network's answer to it is not told. */
  readonly verdict: Verdict | null;
  readonly data: CheckedData;
}

export function ShownSample({ part, index, verdict, data }: ShownSampleProps) {
  const { page } = useWorkplace();
  const sample = useHeldSample(part, index);
  const noun = NOUNS[data.input_kind] ?? 'sample';
  const isPicture = data.input_kind === 'image' || data.input_kind === 'video';
  if (index === null) return <p className="lamp-hint muted sm">Press a sample to see it large.</p>;
  return (
    <section className="lamp-shown" aria-label="Chosen sample">
      <p className="row">
        <b>
          {part === 'train' ? 'Training' : 'Validation'} {noun} {formatCount(index + 1)}
        </b>
      </p>
      {sample && isPicture ? <Large sample={sample} shape={data.input_shape} /> : null}
      {verdict ? <Facts verdict={verdict} label={sample?.label ?? null} /> : null}
      {sample && !isPicture ? <Content sample={sample} names={data.feature_names} /> : null}
      {part === 'validation' ? (
        <button type="button" className="panel-button" onClick={() => page.setState({ dataPage: null })}>
          See it in every panel
        </button>
      ) : (
        <p className="sm muted">The panels show validation samples only.</p>
      )}
    </section>
  );
}

function Large({ sample, shape }: { readonly sample: HeldSample; readonly shape: readonly number[] }) {
  const { ends } = useSession().samples.store;
  const longest = Math.max(...shape.slice(-2));
  const side = longest * Math.max(1, Math.floor(SIDE / longest));
  return <SampleImage sample={sample} shape={shape} ends={ends} side={Math.min(side, 1.5 * SIDE)} />;
}

function Facts({ verdict, label }: { readonly verdict: Verdict; readonly label: string | null }) {
  const facts: readonly (readonly [string, string])[] = [
    ['label', verdict.label ?? label ?? ''],
    ['predicted', verdict.prediction === null ? '' : `${verdict.prediction} ${signOf(verdict)}`.trim()],
    ['probability', shareText(verdict)],
    ['loss', lossText(verdict)],
  ];
  return (
    <dl className="lamp-facts num">
      {facts.map(([name, value]) =>
        value ? (
          <div key={name} data-wrong={(name === 'predicted' && verdict.wrong) || undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

/** Of long sequences the first steps. */
const MOST_NUMBERS = 60;

function Content({ sample, names }: { readonly sample: HeldSample; readonly names: readonly string[] }) {
  if (sample.text !== null) return <pre className="lamp-text">{sample.text}</pre>;
  const numbers = Array.from(sample.values.subarray(0, MOST_NUMBERS), (value) => formatValue(value));
  if (names.length === 0) return <p className="lamp-text num">{numbers.join('  ')}</p>;
  return (
    <dl className="lamp-facts num">
      {names.map((name, at) => (
        <div key={name}>
          <dt className="clip" title={name}>
            {name}
          </dt>
          <dd>{numbers[at] ?? ''}</dd>
        </div>
      ))}
    </dl>
  );
}
