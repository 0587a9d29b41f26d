/** One text in the ways in which a network can read it, each of which is a layer that can be put in. */
import { type ReactNode, useEffect, useRef } from 'react';
import { formatCount, onThemeChange, paintTiles } from '../../draw';
import type { CheckedData, PreviewSample } from '../../generated/schemas';
import { usePage, useSession, useSpecPart } from '../../session/react';
import { flatNumbers } from '../values';
import { bagOfWords, type Encoding, encodingOf, oneHot, withEncoding } from './encodings';

const MOST_STEPS = 24;

export function Encodings({ data }: { readonly data: CheckedData }) {
  const sample = usePage((page) => page.preview?.samples[0] ?? null);
  const num = data.num_tokens ?? 0;
  if (!sample || num === 0) return <p className="sm muted">Reading the data …</p>;
  const tokens = tokensOf(sample, data).slice(0, MOST_STEPS);
  const word = (token: number): string => data.vocabulary[token] ?? String(token);
  const [steps, kinds] = [data.input_shape.at(-1) ?? tokens.length, formatCount(num)];
  return (
    <section className="encodings" aria-label="Encodings">
      <p className="sm muted">
        Tokens are whole numbers whose size means nothing, so nothing is taken off or divided. The first layer decides
        how a network reads them. Below is the first training sample in three ways.
      </p>
      <Way
        encoding="embedding"
        title="Embedding indices"
        shape={`[${steps}] → [${steps}, dim]`}
        text="Each index looks up a learned vector. Order is kept."
      >
        <ol className="encodings-tokens num">
          {tokens.map((token, step) => (
            <li key={step}>
              <b>{word(token) === ' ' ? '␣' : word(token)}</b>
              <span className="faint">{token}</span>
            </li>
          ))}
        </ol>
      </Way>
      <Way
        encoding="one_hot"
        title="One-hot"
        shape={`[${steps}] → [${steps}, ${kinds}]`}
        text="A row for each step with a single 1. Order is kept, and no two tokens are alike."
      >
        <Cells
          values={oneHot(tokens, num)}
          rows={tokens.length}
          columns={num}
          label={`One-hot, ${tokens.length} steps of ${num} tokens`}
        />
      </Way>
      <Way
        encoding="bag_of_words"
        title="Bag of words"
        shape={`[${steps}] → [${kinds}]`}
        text="How often each token comes. Order is lost."
      >
        <Cells
          values={bagOfWords(tokensOf(sample, data), num, data.padding_token)}
          rows={1}
          columns={num}
          label={`Counts of ${num} tokens`}
        />
      </Way>
    </section>
  );
}

/** Of data with a decoder input the source. */
function tokensOf(sample: PreviewSample, data: CheckedData): number[] {
  const values = data.has_decoder_input ? (sample.values[0] as unknown[]) : sample.values;
  return flatNumbers(values);
}

interface WayProps {
  readonly encoding: Encoding;
  readonly title: string;
  readonly shape: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Way({ encoding, title, shape, text, children }: WayProps) {
  const session = useSession();
  const graph = useSpecPart('graph');
  const isUsed = encodingOf(graph) === encoding;
  return (
    <section className="encodings-way" aria-label={title} data-used={isUsed || undefined}>
      <header className="row">
        <h4>{title}</h4>
        <span className="xs muted num">{shape}</span>
        <span className="grow" />
        {isUsed ? (
          <span className="xs muted">in use</span>
        ) : (
          <button
            type="button"
            className="panel-button"
            onClick={() => session.edit((spec) => withEncoding(spec, encoding))}
          >
            Put this layer in <span className="tag restarts">restarts</span>
          </button>
        )}
      </header>
      <p className="sm muted">{text}</p>
      {children}
    </section>
  );
}

interface CellsProps {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly label: string;
}

const WIDTH = 640;
const LARGEST = 8;

function Cells({ values, rows, columns, label }: CellsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (!canvas.current) return;
      const pixel = Math.min(LARGEST, Math.max(1, Math.floor(WIDTH / columns)));
      const image = { data: values, shape: [1, 1, rows, columns] };
      paintTiles(canvas.current, image, { columns: 1, low: 0, high: Math.max(1, ...values), scale: 'count', pixel });
    };
    draw();
    return onThemeChange(draw);
  }, [values, rows, columns]);
  return <canvas ref={canvas} className="encodings-cells" role="img" aria-label={label} />;
}
