/** Drawing without React: numbers as text, colour scales from the tokens, pictures on canvas, charts by Plotly. */
export { onThemeChange, theme } from './colours';
export {
  formatBytes,
  formatCount,
  formatCounted,
  formatDecade,
  formatFixed,
  formatLoss,
  formatNumber,
  formatPercent,
  formatShape,
  formatSpread,
} from './format';
export { paintHistogram } from './histogram';
export { paintTiles, type ScaleName, type TileOptions } from './tiles';
