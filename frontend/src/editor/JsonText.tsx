/** The whole experiment as text that can be edited and applied. What is typed stays until it is applied or taken back. */
import { Button } from '@mantine/core';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { Icon } from '../forms/Icon';
import type { Problem } from '../generated/schemas';
import { complete, NotASpec } from '../session/complete';
import { usePage, useSession, useSpec, useWorkplace } from '../session/react';
import { lineOf, lineOfSyntaxError, linesOf } from './lines';
import { specText } from './specJson';

interface Fault {
  readonly severity: Problem['severity'];
  readonly message: string;
  readonly line: number | null;
}

const LINE_HEIGHT = 18;

/** Letters on a line of the text, for a column of the usual width and of a wide screen. */
const WIDEST = { normal: 42, wide: 66 };

export function JsonText({ isWide }: { readonly isWide: boolean }) {
  const spec = useSpec();
  const session = useSession();
  const { page } = useWorkplace();
  const typed = usePage((one) => one.typedText);
  const check = usePage((one) => one.check);
  const refused = usePage((one) => one.refused);
  const [fault, setFault] = useState<Fault | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const written = useMemo(() => specText(spec, isWide ? WIDEST.wide : WIDEST.normal), [spec, isWide]);
  const text = typed ?? written;
  const isChanged = typed !== null && typed !== written;
  const lines = useMemo(() => linesOf(text), [text]);
  const known = [...(check?.problems ?? []), ...refused].map(
    ({ severity, message, path }): Fault => ({ severity, message, line: lineOf(lines, path) }),
  );
  const faults = fault ? [fault] : isChanged ? [] : known;

  const apply = (): void => {
    try {
      const next = complete(JSON.parse(text));
      setFault(null);
      page.setState({ typedText: null });
      session.edit(() => next);
    } catch (error) {
      setFault(faultOf(error, text, lines));
    }
  };
  const takeBack = (): void => {
    setFault(null);
    page.setState({ typedText: null });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    apply();
  };
  const show = (line: number | null): void => {
    if (line === null || !area.current) return;
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(start, start + (text.split('\n')[line - 1]?.length ?? 0));
    area.current.scrollTop = Math.max(0, (line - 4) * LINE_HEIGHT);
  };
  const bad = new Set(faults.map((one) => one.line));
  return (
    <>
      <div className="spec-editor">
        <div className="spec-lines num" ref={gutter} aria-hidden="true">
          {text.split('\n').map((_, index) => (
            <span key={index} data-bad={bad.has(index + 1) || undefined}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="Experiment as JSON"
          aria-invalid={faults.length > 0}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setFault(null);
            page.setState({ typedText: event.target.value });
          }}
          onKeyDown={onKeyDown}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      {faults.length > 0 ? (
        <ul className="spec-problems" aria-label="Problems">
          {faults.map((one, index) => (
            <li key={index}>
              <button type="button" className={one.severity} onClick={() => show(one.line)}>
                <Icon name={one.severity} />
                <b>{one.line === null ? '' : `Line ${one.line}`}</b>
                <span>{one.message}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <footer className="spec-foot">
        <span className="grow xs faint">
          {isChanged ? 'Changed, not applied yet' : 'Fields at their default are left out'}
        </span>
        {isChanged ? (
          <Button variant="subtle" onClick={takeBack}>
            Take back
          </Button>
        ) : null}
        <Button disabled={!isChanged} onClick={apply} rightSection={<kbd>Ctrl Enter</kbd>}>
          Apply
        </Button>
      </footer>
    </>
  );
}

function faultOf(error: unknown, text: string, lines: ReadonlyMap<string, number>): Fault {
  if (error instanceof NotASpec) return { severity: 'error', message: error.message, line: lineOf(lines, error.path) };
  const message = error instanceof Error ? error.message : String(error);
  const line = lineOfSyntaxError(text, message);
  return { severity: 'error', message: `This is not JSON yet: ${plainWords(message)}`, line };
}

/** What the JSON reader says, without its quotation of the text. */
const plainWords = (message: string): string => message.replace(/,? ?\.{0,3}"[\s\S]*$/, '').replace(/ in JSON.*$/, '');
