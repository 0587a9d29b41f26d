/** One Plotly template made from the tokens: transparent, horizontal grid lines only, no frame, no titles. */
import type { Theme } from './colours';

const made = new WeakMap<Theme, object>();

/** The same object for the same theme. */
export function template(theme: Theme): object {
  const known = made.get(theme);
  if (known) return known;
  const { colours, textScale } = theme;
  const axis = {
    ticks: '',
    ticklabelstandoff: 4,
    tickfont: { size: 11 * textScale, color: colours['ink-3'] },
    zeroline: false,
    automargin: false,
    title: { text: '' },
    fixedrange: false,
  };
  const result = {
    layout: {
      paper_bgcolor: 'transparent',
      plot_bgcolor: 'transparent',
      font: { family: theme.font, size: 11 * textScale, color: colours['ink-3'] },
      colorway: [...theme.series],
      showlegend: false,
      hovermode: false,
      dragmode: 'zoom',
      xaxis: { ...axis, showgrid: false, showline: true, linecolor: colours['line-strong'], linewidth: 1 },
      yaxis: { ...axis, showgrid: true, gridcolor: colours['line-faint'], gridwidth: 1, showline: false },
    },
  };
  made.set(theme, result);
  return result;
}
