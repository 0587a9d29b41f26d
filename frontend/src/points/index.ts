/** The network of points in the plane, as TensorFlow Playground draws it: each unit by its answer over the plane. */
export type { Chosen } from './layout';
export { featuresIn, UNITS, unitOf, WATCHED } from './measured';
export { PointsNetwork } from './PointsNetwork';
export { keepColumns, type Stack, stackOf } from './stack';
export { titleOf } from './words';
