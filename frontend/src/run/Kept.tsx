/** What the line of the run can go back to: how many frames are kept, in how much of their disk budget, and which. */
import { usePage } from '../session/react';
import type { RunRecord } from '../stores/record';
import { keptText, thinnedText } from './recorded';
import { useRecording } from './useRecording';

export function Kept({ record }: { readonly record: RunRecord | null }) {
  const recording = useRecording(record);
  const catalog = usePage((page) => page.catalog);
  const titleOf = (probe: string): string =>
    catalog?.kinds.find(({ family, kind }) => kind === probe && (family === 'probe' || family === 'analysis'))?.title ??
    probe;
  return (
    <span className="kept num">
      <b>Time travel</b>
      <span>Drag, or press ← and →, to see every panel at a recorded step.</span>
      {recording ? (
        <>
          <span>Recorded: {keptText(recording)} on disk.</span>
          <span>{thinnedText(recording, titleOf)}</span>
        </>
      ) : null}
    </span>
  );
}
