/** What the rows were measured on: the step, and of activations and gradients the part of the data and the mode. */
import { formatCount } from '../../draw/format';
import type { PanelSize } from '../drawing';
import { metaOf } from '../words';
import { type Frames, QUANTITIES, type Quantity } from './rows';

/**
 * @param numbersOf Of which quantity numbers are shown: then it is of these. A large panel has the choice itself in sight.
 */
export function measuredOf(frames: Frames, numbersOf: Quantity | null, size: PanelSize): string {
  const frame = numbersOf && frames.get(numbersOf.probe);
  if (frame)
    return [size === 'L' ? '' : `numbers of the ${numbersOf.title}`, metaOf(frame)].filter(Boolean).join(' · ');
  const steps = stepsOf(frames);
  const [activations, gradients] = QUANTITIES.map(({ probe }) => frames.get(probe));
  const words = (name: string, one: typeof activations): string[] =>
    one?.split ? [`${name} ${metaOf(one).split(' · ').slice(1).join(', ')}`] : [];
  return size === 'S' ? steps : [steps, ...words('activ.', activations), ...words('∂', gradients)].join(' · ');
}

function stepsOf(frames: Frames): string {
  const steps = [...frames.values()].map(({ step }) => step);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  return first === last ? `step ${formatCount(first)}` : `steps ${formatCount(first)} … ${formatCount(last)}`;
}
