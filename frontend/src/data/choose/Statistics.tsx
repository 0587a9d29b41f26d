/** Each column of a table or channel of images: mean, spread, ends and a histogram, over the training part. */
import { UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { formatCount, formatNumber, onThemeChange, paintHistogram } from '../../draw';
import type { DatasetPreview, FeatureStatistics } from '../../generated/schemas';
import { Part } from './Part';

const FIRST = 8;

export function Statistics({ preview }: { readonly preview: DatasetPreview }) {
  const [isOpen, setOpen] = useState(false);
  const all = preview.statistics;
  if (all.length === 0) return null;
  const shown = isOpen ? all : all.slice(0, FIRST);
  const hasGaps = all.some(({ num_missing }) => num_missing > 0);
  return (
    <Part title="Statistics" note="training part, before preprocessing">
      <table className="statistics num">
        <thead>
          <tr>
            <th scope="col">{preview.data.input_kind === 'image' ? 'Channel' : 'Column'}</th>
            <th scope="col">mean</th>
            <th scope="col">std</th>
            <th scope="col">min</th>
            <th scope="col">max</th>
            {hasGaps ? <th scope="col">missing</th> : null}
            <th>
              <span className="hidden-text">Histogram</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.name} one={one} hasGaps={hasGaps} />
          ))}
        </tbody>
      </table>
      {all.length > FIRST ? (
        <UnstyledButton className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer' : `${formatCount(all.length - FIRST)} more`}
        </UnstyledButton>
      ) : null}
    </Part>
  );
}

function Row({ one, hasGaps }: { readonly one: FeatureStatistics; readonly hasGaps: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paintHistogram(canvas.current, one.counts, one.edges);
    };
    draw();
    return onThemeChange(draw);
  }, [one]);
  return (
    <tr>
      <th scope="row" className="clip" title={one.name}>
        {one.name}
      </th>
      {[one.mean, one.std, one.min, one.max].map((value, at) => (
        <td key={at}>{formatNumber(value)}</td>
      ))}
      {hasGaps ? <td>{one.num_missing > 0 ? formatCount(one.num_missing) : '–'}</td> : null}
      <td>
        <canvas ref={canvas} />
      </td>
    </tr>
  );
}
