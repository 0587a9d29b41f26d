/** A sequence of tokens as text; where each step has an answer, what it should say and what the network says. */
import { useEffect, useRef } from 'react';
import { Redraw } from '../draw/redraw';
import type { RunRecord } from '../stores/record';
import './inputText.css';

interface InputTextProps {
  readonly record: RunRecord | null;
  readonly answersSteps: boolean;
}

/** Written past React whenever a frame says so. */
export function InputText({ record, answersSteps }: InputTextProps) {
  const text = useRef<HTMLSpanElement>(null);
  const label = useRef<HTMLElement>(null);
  const prediction = useRef<HTMLElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const sample = record?.frames.newest('feature_maps')?.sample;
      spell(text.current, sample?.text ?? '');
      spell(label.current, sample?.label ?? '');
      spell(prediction.current, sample?.prediction ?? '', sample?.label ?? '');
    };
    draw();
    const redraw = new Redraw('picture', draw);
    const leave = record?.frames.subscribe(redraw.request);
    return () => {
      leave?.();
      redraw.dispose();
    };
  }, [record]);
  if (!answersSteps) {
    return (
      <p className="input-line clip">
        <span ref={text} />
      </p>
    );
  }
  return (
    <dl className="input-lines">
      <dt>reads</dt>
      <dd className="input-line clip">
        <span ref={text} />
      </dd>
      <dt>wanted</dt>
      <dd ref={label} className="input-line clip" />
      <dt>says</dt>
      <dd ref={prediction} className="input-line clip" data-part="says" />
    </dl>
  );
}

/** Where a wanted text is given, what differs from it is marked. Spaces are kept. */
function spell(element: HTMLElement | null, text: string, wanted?: string): void {
  if (!element || (element.dataset.text === text && element.dataset.wanted === (wanted ?? ''))) return;
  element.dataset.text = text;
  element.dataset.wanted = wanted ?? '';
  element.title = text;
  element.replaceChildren(...pieces(text, wanted ?? text).map(({ piece, isWrong }) => marked(piece, isWrong)));
}

function marked(piece: string, isWrong: boolean): Node {
  if (!isWrong) return document.createTextNode(piece);
  const mark = document.createElement('mark');
  mark.textContent = piece;
  return mark;
}

interface Piece {
  readonly piece: string;
  readonly isWrong: boolean;
}

/** A text in runs of characters that are as wanted, or not. */
export function pieces(text: string, wanted: string): readonly Piece[] {
  const found: { piece: string; isWrong: boolean }[] = [];
  const target = [...wanted];
  [...text].forEach((character, index) => {
    const isWrong = character !== target[index];
    const last = found.at(-1);
    if (last && last.isWrong === isWrong) last.piece += character;
    else found.push({ piece: character, isWrong });
  });
  return found;
}
