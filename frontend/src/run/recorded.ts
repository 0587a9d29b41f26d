/** What is kept of a run for time travel, in words. All numbers are the server's. */
import { formatBytes, formatCount } from '../draw';
import type { Recording } from '../generated/schemas';

export type TitleOf = (probe: string) => string;

/** `820 frames, 12.4 MB of at most 100 MB`. */
export function keptText({ num_frames, bytes, most_bytes }: Recording): string {
  return `${formatCount(num_frames)} ${num_frames === 1 ? 'frame' : 'frames'}, ${formatBytes(bytes)} of at most ${formatBytes(most_bytes)}`;
}

/** Which of the frames that were measured are kept: `Of filters every 4th is kept, of the others all.` */
export function thinnedText({ probes, most_frames }: Recording, titleOf: TitleOf): string {
  const limit = `at most ${formatCount(most_frames)} of one measurement`;
  const thinned = probes.filter(({ every }) => every > 1).sort((a, b) => b.every - a.every);
  if (thinned.length === 0) return `Every frame is kept so far; ${limit}.`;
  const strides = [...new Set(thinned.map(({ every }) => every))];
  const parts = strides.map((every, place) => {
    const titles = thinned.filter((one) => one.every === every).map(({ probe }) => inSentence(titleOf(probe)));
    return `of ${listed(titles)} every ${ordinal(every)}${place === 0 ? ' is kept' : ''}`;
  });
  if (thinned.length < probes.length) parts.push('of the others all');
  return `Thinned evenly over the whole run, ${limit}: ${parts.join(', ')}.`;
}

function listed(titles: readonly string[]): string {
  return titles.length < 2 ? (titles[0] ?? '') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;
}

/** Strides are powers of two: 2nd, 4th, 8th, 16th, 32nd … */
function ordinal(value: number): string {
  const [tens, ones] = [value % 100, value % 10];
  const ending = tens > 10 && tens < 20 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${formatCount(value)}${ending}`;
}

/** A title in the middle of a sentence: `feature maps`, but `ROC`. */
const inSentence = (title: string): string =>
  /^[A-Z][^A-Z]/.test(title) ? `${title[0]?.toLowerCase()}${title.slice(1)}` : title;
