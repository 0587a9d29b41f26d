/** The picture of a set, asked for when it comes into sight. */
import { Skeleton } from '@mantine/core';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { onThemeChange } from '../../draw';
import type { DatasetPreview } from '../../generated/schemas';
import { useSession, useSpecPart } from '../../session/react';
import { Refused } from '../../wire/rest';
import { lookedAt, looks } from '../looks';
import { answerOf } from '../Samples';
import { paintPicture } from './picture';
import type { Choosable } from './sets';

const NUM_SAMPLES = 48;
const MOST_LINES = 4;

export interface Look {
  readonly preview: DatasetPreview | null;
  /** Why there is no picture. */
  readonly problem: string | null;
}

/** A look at the set once `element` was in sight, where there is something to look at. */
export function useLook(one: Choosable, element: RefObject<HTMLElement | null>, isHere: boolean): Look {
  const session = useSession();
  const data = useSpecPart('data');
  const isSeen = useIsSeen(element);
  const [look, setLook] = useState<Look>({ preview: null, problem: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a look is asked for once, whatever else is set by then
  useEffect(() => {
    if (!isSeen || !isHere) return;
    let isOpen = true;
    looks
      .of(lookedAt(data, one.dataset, one.drawn), NUM_SAMPLES, (wanted, num) => session.ask.look(wanted, num))
      .then((preview) => isOpen && setLook({ preview, problem: null }))
      .catch((error: Error) => isOpen && setLook({ preview: null, problem: wordsOf(error) }));
    return () => {
      isOpen = false;
    };
  }, [isSeen, isHere, one.key]);
  return look;
}

/** Why there is no picture, without the place in a spec that nobody wrote. */
const wordsOf = (error: Error): string => (error instanceof Refused && error.problems[0]?.message) || error.message;

function useIsSeen(element: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: '120px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
}

export function SetPicture({ preview }: { readonly preview: DatasetPreview | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current && preview) paintPicture(canvas.current, preview);
    };
    draw();
    return onThemeChange(draw);
  }, [preview]);
  if (!preview) return <Skeleton className="set-wait" radius={4} animate={false} />;
  return preview.samples[0]?.text ? <Lines preview={preview} /> : <canvas ref={canvas} />;
}

function Lines({ preview }: { readonly preview: DatasetPreview }) {
  return (
    <span className="set-lines" aria-hidden="true">
      {preview.samples.slice(0, MOST_LINES).map((sample) => (
        <span key={sample.index} className="clip">
          {[sample.text, answerOf(sample)].filter(Boolean).join(' → ')}
        </span>
      ))}
    </span>
  );
}
