/** The values along the ways by step, as a frame of curves. */
import type { DecodedFrame, FrameOf, LandscapeItem, LinesItem, NdArray } from '../../words/frames';

export function valuesFrame(frame: FrameOf<'landscape'>, item: LandscapeItem, scale: string): DecodedFrame {
  const steps = [...new Set(Object.values(item.paths).flatMap((path) => path.steps))].sort((a, b) => a - b);
  const series = Object.entries(item.paths).map(([name, path]) => {
    const at = new Map(path.steps.map((step, index) => [step, (path.values as NdArray | null)?.data[index]]));
    return { name, y: arrayOf(steps.map((step) => at.get(step) ?? Number.NaN)), low: null, high: null, role: null };
  });
  const lines = {
    node: item.node,
    x_title: 'step',
    y_title: item.value_title,
    x: arrayOf(steps),
    x_names: null,
    series,
    mark: 'line',
    log_x: false,
    log_y: scale === 'own' ? item.log : scale === 'log',
  };
  return { ...frame, data_shape: 'lines', items: [lines as unknown as LinesItem] } as unknown as DecodedFrame;
}

const arrayOf = (values: readonly number[]): NdArray => ({ data: Float64Array.from(values), shape: [values.length] });
