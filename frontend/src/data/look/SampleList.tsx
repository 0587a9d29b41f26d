/** The samples that fit: images as tiles, all others as lines of a table. Only what is in sight is made. */
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { formatCount } from '../../draw';
import type { CheckedData } from '../../generated/schemas';
import { useSession } from '../../session/react';
import type { Part } from '../../stores/lamp';
import type { SamplesItem } from '../../words/frames';
import { onOneLine } from '../values';
import { type Verdict, verdictAt } from './rows';
import { SampleImage, sideOf } from './SampleImage';
import { linesOf, useSight } from './useSight';
import { stepOf } from './walk';
import { answerOf, lossText, numbersOf, sentenceOf, shareText, signOf, writeNumber } from './words';

const CAPTION = 34;
/** As wide as `100 % · <0.001`. */
const NUMBERS = 88;
const TILE_GAP = 12;
const LINE = 28;
/** A hand that scrolls is not followed by a call at each move. */
const SETTLES_AFTER_MS = 80;

export interface SampleListProps {
  readonly item: SamplesItem;
  readonly rows: Int32Array;
  readonly data: CheckedData;
  /** Place of the sample that is shown; null where none of this part is. */
  readonly chosen: number | null;
  /** Set by the list of another run that went away under the keys: this one takes them over. */
  readonly hadKeys: RefObject<boolean>;
  readonly onChoose: (index: number) => void;
  /** Enter, or a second press. */
  readonly onOpen: () => void;
  readonly onHand: (isIn: boolean) => void;
  readonly onWant: (indices: readonly number[]) => void;
}

export function SampleList(props: SampleListProps) {
  const { item, rows, data, chosen, hadKeys, onChoose, onOpen, onHand, onWant } = props;
  const list = useRef<HTMLDivElement>(null);
  const sight = useSight(list);
  const id = useId();
  const part = item.node as Part;
  const isImage = data.input_kind === 'image' || data.input_kind === 'video';
  const side = isImage ? sideOf(data.input_shape) : 0;
  const cell = isImage
    ? { width: Math.max(side, NUMBERS) + TILE_GAP, height: side + CAPTION + TILE_GAP }
    : { width: Math.max(1, sight.width), height: LINE };
  const { columns, from, until, height } = linesOf(rows.length, cell, sight);
  const shown = rows.subarray(from, until);
  const indices = useMemo(() => Array.from(shown, (row) => item.index.data[row] as number), [shown, item]);
  const wanted = indices.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the places are in the key.
  useEffect(() => {
    const timer = setTimeout(() => onWant(indices), SETTLES_AFTER_MS);
    return () => clearTimeout(timer);
  }, [wanted, part]);

  useLayoutEffect(() => {
    const here = list.current;
    if (hadKeys.current && document.activeElement === document.body) here?.focus({ preventScroll: true });
    hadKeys.current = false;
    return () => {
      hadKeys.current = document.activeElement === here;
    };
  }, [hadKeys]);

  // Chosen elsewhere, on the plane or by a key, it comes into sight.
  const seen = useRef(chosen);
  useEffect(() => {
    if (seen.current === chosen) return;
    seen.current = chosen;
    const at = chosen === null ? -1 : rows.findIndex((row) => item.index.data[row] === chosen);
    if (at >= 0) scrollTo(list.current, Math.floor(at / columns) * cell.height, cell.height);
  }, [chosen, rows, item, columns, cell.height]);

  const place = chosen === null ? -1 : rows.findIndex((row) => item.index.data[row] === chosen);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && place >= 0) {
      event.preventDefault();
      onOpen();
      return;
    }
    const lines = Math.max(1, Math.floor(sight.height / cell.height));
    const next = stepOf(event.key, { place, count: rows.length, columns, lines });
    const row = next === null ? undefined : rows[next];
    if (next === null || row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(item.index.data[row] as number);
    scrollTo(list.current, Math.floor(next / columns) * cell.height, cell.height);
  };
  return (
    <>
      {isImage ? null : <Head data={data} />}
      <div
        ref={list}
        className="lamp-list"
        role="listbox"
        tabIndex={0}
        aria-label={`${part === 'train' ? 'Training' : 'Validation'} samples`}
        aria-activedescendant={place >= from && place < until ? `${id}-${place}` : undefined}
        data-images={isImage || undefined}
        onKeyDown={onKeyDown}
        onPointerEnter={() => onHand(true)}
        onPointerLeave={() => onHand(false)}
        onFocus={() => onHand(true)}
        onBlur={() => onHand(false)}
      >
        <div className="lamp-all" style={{ height }}>
          {Array.from(shown, (row, at) => {
            const verdict = verdictAt(item, row, data.class_names, writeNumber);
            const [line, column] = [Math.floor((from + at) / columns), (from + at) % columns];
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active option.
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the list.
              <div
                key={verdict.index}
                id={`${id}-${from + at}`}
                className="lamp-cell"
                role="option"
                aria-selected={verdict.index === chosen}
                aria-label={sentenceOf(verdict)}
                aria-setsize={rows.length}
                aria-posinset={from + at + 1}
                data-sample={verdict.index}
                data-wrong={verdict.wrong || undefined}
                style={{ top: line * cell.height, left: column * cell.width, width: cell.width, height: cell.height }}
                onClick={() => onChoose(verdict.index)}
                onDoubleClick={onOpen}
              >
                {isImage ? (
                  <Tile part={part} verdict={verdict} shape={data.input_shape} side={side} />
                ) : (
                  <Line part={part} verdict={verdict} data={data} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** What the columns of a table are. */
function Head({ data }: { readonly data: CheckedData }) {
  const isPlane = data.input_kind === 'points' && data.input_shape[0] === 2;
  const names = isPlane ? ['x', 'y'] : data.feature_names.slice(0, MOST_VALUES);
  const isText = data.vocabulary.length > 0;
  return (
    <div className="lamp-head xs" aria-hidden="true">
      <span>sample</span>
      {names.length > 0 ? <Values texts={names} /> : <span>{isText ? 'text' : 'numbers'}</span>}
      <span>label</span>
      <span>predicted</span>
      <span>{data.class_names.length > 0 ? 'sure' : ''}</span>
      <span>loss</span>
    </div>
  );
}

/** Some numbers, or their names, in columns of one width. */
const Values = ({ texts }: { readonly texts: readonly string[] }) => (
  <span className="lamp-values num">
    {texts.map((text, at) => (
      <span key={at} className="clip" title={text}>
        {text}
      </span>
    ))}
  </span>
);

function scrollTo(list: HTMLElement | null, top: number, height: number): void {
  if (!list) return;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
}

export function useHeldSample(part: Part, index: number | null) {
  const { store } = useSession().samples;
  return useSyncExternalStore(store.subscribe, () => (index === null ? undefined : store.of(part, index)));
}

interface CellProps {
  readonly part: Part;
  readonly verdict: Verdict;
}

function Tile({
  part,
  verdict,
  shape,
  side,
}: CellProps & { readonly shape: readonly number[]; readonly side: number }) {
  const sample = useHeldSample(part, verdict.index);
  const { ends } = useSession().samples.store;
  return (
    <>
      <span className="lamp-picture" style={{ width: side, height: side }}>
        {sample ? <SampleImage sample={sample} shape={shape} ends={ends} side={side} /> : null}
      </span>
      <span className="lamp-answer clip">
        <span className="lamp-sign">{signOf(verdict)}</span> {answerOf(verdict)}
      </span>
      <span className="lamp-numbers clip num">{numbersOf(verdict)}</span>
    </>
  );
}

/** The first numbers of a row; the side has them all. */
const MOST_VALUES = 6;

function Line({ part, verdict, data }: CellProps & { readonly data: CheckedData }) {
  const sample = useHeldSample(part, verdict.index);
  const numbers = sample ? Array.from(sample.values.subarray(0, MOST_VALUES), writeNumber) : [];
  return (
    <>
      <span className="num faint">{formatCount(verdict.index + 1)}</span>
      {data.vocabulary.length > 0 ? (
        <span className="clip sample-text">{onOneLine(sample?.text ?? '')}</span>
      ) : (
        <Values texts={numbers} />
      )}
      <span className="clip">{onOneLine(verdict.label ?? sample?.label ?? '')}</span>
      <span className="clip">
        <span className="lamp-sign">{signOf(verdict)}</span> {verdict.prediction ?? ''}
      </span>
      <span className="num">{shareText(verdict)}</span>
      <span className="num">{lossText(verdict)}</span>
    </>
  );
}
