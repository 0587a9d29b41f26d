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
import { type Fold, Row } from '../forms/Row';
import type { Kind, NodeSpec } from '../generated/schemas';
import { useSession, useSpecPart } from '../session/react';
import { useKinds } from './LiveFields';
import { useFold } from './useFold';

const layersOf = (kinds: readonly Kind[], group: string): Option[] => [
  { value: 'none', label: 'None' },
  ...kinds
    .filter((kind) => kind.family === 'layer' && kind.group === group)
    .map(({ kind, title, help }) => ({ value: kind, label: title, help })),
];

const NORM_ORDER = ['none', 'batch_norm', 'layer_norm', 'instance_norm', 'group_norm', 'rms_norm'];
const rank = ({ value }: Option): number => NORM_ORDER.indexOf(value);

/** The norm, and folded below it where norms and dropout stand, as far as the question arises. */
export function NormSwitch() {
  const graph = useSpecPart('graph');
  const kinds = useKinds();
  const groupOf = groupsOf(kinds);
  const placed = [normSides(groupOf).read(graph), dropoutSides(groupOf).read(graph)];
  const fold = useFold('Norm', Number(placed[0] === 'after' || placed[0] === null) + Number(placed[1] === 'before'));
  const isPlaced = placed.some((side) => side !== 'none');
  return (
    <>
      <GraphChoice
        label="Norm"
        help="The norm behind every layer with weights but the output."
        options={layersOf(kinds, 'norm').sort((a, b) => rank(a) - rank(b))}
        read={(nodes) => readNorm(nodes, groupOf)}
        write={(nodes, norm) => writeNorm(nodes, norm as Norm, groupOf)}
        fold={isPlaced ? fold : undefined}
      />
      {isPlaced && fold.isOpen ? (
        <div className="fold">
          <NormSide />
          <DropoutSide />
        </div>
      ) : null}
    </>
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
  { value: 'before', label: `Before ${of}` },
  { value: 'after', label: `After ${of}` },
];

/** Where norms stand of activations; nothing where there are not both. */
function NormSide() {
  const sides = normSides(groupsOf(useKinds()));
  return (
    <GraphChoice
      label="Norms"
      help="Whether norms stand before their activations, as usual, or after them."
      options={sideOptions('activation')}
      read={sides.read}
      write={(graph, side) => sides.write(graph, side as Side)}
      hidesNone
    />
  );
}

/** Where dropout stands of norms; nothing where no block has both. */
function DropoutSide() {
  const sides = dropoutSides(groupsOf(useKinds()));
  return (
    <GraphChoice
      label="Dropout"
      help="Whether dropout stands before the norm of its block or after it. Before, it moves what the norm measures."
      options={sideOptions('norm')}
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
  readonly fold?: Fold;
  /** What the graph has; null where its nodes differ. */
  read(graph: readonly NodeSpec[]): string | null;
  write(graph: readonly NodeSpec[], value: string): NodeSpec[];
}

function GraphChoice({ label, help, options, hidesNone = false, fold, read, write }: GraphChoiceProps) {
  const graph = useSpecPart('graph');
  const session = useSession();
  const value = read(graph);
  if (hidesNone && value === 'none') return null;
  return (
    <Row label={label} help={help} fold={fold}>
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
