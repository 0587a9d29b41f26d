/** A text to read, copy and keep: lines with their numbers, and buttons below. */
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../forms/Icon';
import { type Piece, pythonLines } from './pythonWords';

interface ReadTextProps {
  readonly label: string;
  readonly text: string;
  readonly isPython?: boolean;
  /** True while a newer text is on its way. */
  readonly isOld?: boolean;
  /** Marks the lines that hold this. */
  readonly marked?: string | null;
  /** The name of the file that a download gets; left out: there is none. */
  readonly fileName?: string;
  readonly note?: string;
}

const plain = (text: string): Piece[][] =>
  text.split('\n').map((line) => (line === '' ? [] : [{ sort: 'plain', text: line }]));

export function ReadText(props: ReadTextProps) {
  const { label, text, isPython = false, isOld = false, marked = null, fileName, note } = props;
  const lines = isPython ? pythonLines(text.trimEnd()) : plain(text.trimEnd());
  const first = useRef<HTMLLIElement>(null);
  const isMarked = (pieces: readonly Piece[]): boolean =>
    marked !== null && pieces.some((_, at) => `${pieces[at]?.text}${pieces[at + 1]?.text ?? ''}`.includes(marked));
  const firstMarked = lines.findIndex(isMarked);
  useEffect(() => {
    if (marked !== null) first.current?.scrollIntoView({ block: 'center' });
  }, [marked]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="read-text" aria-label={label} aria-busy={isOld} data-old={isOld || undefined} tabIndex={0}>
        <ol className="num">
          {lines.map((pieces, index) => (
            <li
              key={index}
              ref={index === firstMarked ? first : undefined}
              data-marked={isMarked(pieces) || undefined}
              data-line={index + 1}
            >
              {pieces.map((piece, at) =>
                piece.sort === 'plain' ? (
                  piece.text
                ) : (
                  <span key={at} data-sort={piece.sort}>
                    {piece.text}
                  </span>
                ),
              )}
              {'\n'}
            </li>
          ))}
        </ol>
      </section>
      <footer className="spec-foot">
        <span className="grow xs faint clip">{note}</span>
        {fileName ? (
          <Button variant="subtle" leftSection={<Icon name="download" />} onClick={() => download(text, fileName)}>
            Download
          </Button>
        ) : null}
        <Copy text={text} />
      </footer>
    </>
  );
}

function Copy({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  const [isRefused, setRefused] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(text);
    } catch {
      // A page that is not served from this machine may not write to the clipboard.
      setRefused(true);
    }
  };
  const label = isRefused ? 'Select it, then Ctrl C' : copied === text ? 'Copied' : 'Copy';
  return <Button onClick={() => void copy()}>{label}</Button>;
}

function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/x-python' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
