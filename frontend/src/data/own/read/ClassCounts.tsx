/** How many samples each class has, as bars. */
import { formatCount } from '../../../draw';

const MOST = 12;

export function ClassCounts({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const all = Object.entries(counts);
  const most = Math.max(1, ...all.map(([, count]) => count));
  return (
    <table className="own-counts num" aria-label="Samples of each class">
      <tbody>
        {all.slice(0, MOST).map(([name, count]) => (
          <tr key={name}>
            <th scope="row" className="clip" title={name}>
              {name}
            </th>
            <td className="own-bar">
              <i style={{ width: `${(100 * count) / most}%` }} />
            </td>
            <td>{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
      {all.length > MOST ? <caption>and {formatCount(all.length - MOST)} more classes</caption> : null}
    </table>
  );
}
