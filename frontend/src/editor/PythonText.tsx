/** The experiment as PyTorch: a script that runs by itself, renewed as the experiment changes. */
import { usePage, useSpecPart } from '../session/react';
import { ReadText } from './ReadText';
import { useScript } from './useScript';

const fileName = (name: string): string =>
  `${
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '') || 'experiment'
  }.py`;

export function PythonText() {
  const name = useSpecPart('name');
  const selected = usePage((page) => page.selected);
  const { text, isOld, problem } = useScript();
  if (text === null) return <p className="spec-wait sm faint">{problem ?? 'Writing the script …'}</p>;
  return (
    <>
      {problem ? (
        <p className="spec-refused sm" role="status">
          {problem} The script is that of the last experiment that could train.
        </p>
      ) : null}
      <ReadText
        label="Experiment as PyTorch"
        text={text}
        isPython
        isOld={isOld}
        marked={selected === null ? null : `self.${selected}`}
        fileName={fileName(name)}
        note="Runs by itself, without Layerlab"
      />
    </>
  );
}
