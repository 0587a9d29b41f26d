/** What can be done with several selected layers. */
import { Repeat } from './BlockInspector';
import { NodeButtons } from './NodeButtons';

export function SelectionBar({ count }: { readonly count: number }) {
  return (
    <div className="selection-bar" role="toolbar" aria-label="Selected layers">
      <b className="num">{count} layers</b>
      <Repeat />
      <NodeButtons id="the selected layers" />
    </div>
  );
}
