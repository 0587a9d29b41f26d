/** Norm, activation and where norm and dropout stand: switches that change the graph. */
import { groupsOf } from '../editor/graph';
import {
  dropoutSides,
  type Norm,
  normSides,
  readActivation,
  readNorm,
  type Side,
  writeActivation,
  writeNorm,
} from '../editor/switches';
import { Choice, type Option } from '../forms/Choice';
import { Row } from '../forms/Row';
import type { Kind, NodeSpec } from '../generated/schemas';
import { useSession, useSpec } from '../session/react';
import { useKinds } from './LiveFields';

const layersOf = (kinds: readonly Kind[], group: string): Option[] => [
  { value: 'none', label: 'None' },
  ...kinds
    .filter((kind) => kind.family === 'layer' && kind.group === group)
    .map(({ kind, title, help }) => ({ value: kind, label: title, help })),
];

const NORM_ORDER = ['none', 'batch_norm', 'layer_norm', 'instance_norm', 'group_norm', 'rms_norm'];
const rank = ({ value }: Option): number => NORM_ORDER.indexOf(value);

export function NormSwitch() {
  const kinds = useKinds();
  const groupOf = groupsOf(kinds);
  return (
    <GraphChoice
      label="Norm"
      help="The norm behind every layer with weights but the output."
      options={layersOf(kinds, 'norm').sort((a, b) => rank(a) - rank(b))}
      read={(graph) => readNorm(graph, groupOf)}
      write={(graph, norm) => writeNorm(graph, norm as Norm, groupOf)}
    />
  );
}

export function ActivationSwitch() {
  const kinds = useKinds();
  const groupOf = groupsOf(kinds);
  return (
    <GraphChoice
      label="Activation"
      help="Every activation layer of the network."
      options={layersOf(kinds, 'activation')}
      read={(graph) => readActivation(graph, groupOf)}
      write={(graph, kind) => writeActivation(graph, kind, groupOf)}
    />
  );
}

const sideOptions = (of: string): Option[] => [
  { value: 'before', label: 'Before', help: `In front of ${of}` },
  { value: 'after', label: 'After', help: `Behind ${of}` },
];

/** Where norms stand of activations; nothing where there are not both. */
export function NormSide() {
  const sides = normSides(groupsOf(useKinds()));
  return (
    <GraphChoice
      label="Norm is"
      help="Whether norms stand before their activations, as usual, or after them."
      options={sideOptions('the activation')}
      read={sides.read}
      write={(graph, side) => sides.write(graph, side as Side)}
      hidesNone
    />
  );
}

/** Where dropout stands of norms; nothing where no block has both. */
export function DropoutSide() {
  const sides = dropoutSides(groupsOf(useKinds()));
  return (
    <GraphChoice
      label="Dropout is"
      help="Whether dropout stands before the norm of its block or after it. Before, it moves what the norm measures."
      options={sideOptions('the norm')}
      read={sides.read}
      write={(graph, side) => sides.write(graph, side as Side)}
      hidesNone
    />
  );
}

interface GraphChoiceProps {
  readonly label: string;
  readonly help: string;
  readonly options: readonly Option[];
  readonly hidesNone?: boolean;
  /** What the graph has; null where its nodes differ. */
  read(graph: readonly NodeSpec[]): string | null;
  write(graph: readonly NodeSpec[], value: string): NodeSpec[];
}

function GraphChoice({ label, help, options, hidesNone = false, read, write }: GraphChoiceProps) {
  const { graph } = useSpec();
  const session = useSession();
  const value = read(graph);
  if (hidesNone && value === 'none') return null;
  return (
    <Row label={label} help={help}>
      {(id) => (
        <Choice
          id={id}
          label={label}
          options={options}
          value={value}
          placeholder="mixed"
          onChange={(next) => session.edit((spec) => ({ ...spec, graph: write(spec.graph, next) }))}
        />
      )}
    </Row>
  );
}
