/** Plays and stops the clips of the page, and shows single frames. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { film } from '../draw/film';
import { Icon } from '../forms/Icon';

export function FilmControl({ frames }: { readonly frames: number }) {
  const slider = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLOutputElement>(null);
  const [isPlaying, setPlaying] = useState(film.isPlaying);
  useEffect(() => {
    const write = (): void => {
      const frame = film.frameOf(frames);
      if (slider.current) slider.current.value = String(frame);
      if (text.current) text.current.textContent = `${frame + 1} / ${frames}`;
      setPlaying(film.isPlaying);
    };
    write();
    return film.subscribe(write);
  }, [frames]);
  const label = isPlaying ? 'Stop the clips' : 'Play the clips';
  return (
    <span className="film">
      <Tooltip label={label}>
        <ActionIcon size="xs" aria-label={label} aria-pressed={isPlaying} onClick={film.toggle}>
          <Icon name={isPlaying ? 'pause' : 'play'} size={12} />
        </ActionIcon>
      </Tooltip>
      <input
        ref={slider}
        type="range"
        min={0}
        max={frames - 1}
        aria-label="Frame"
        onChange={(event) => film.show(Number(event.target.value))}
        // The arrows go from frame to frame here, and not through time.
        onKeyDown={(event) => event.stopPropagation()}
      />
      <output ref={text} className="xs faint num" />
    </span>
  );
}
