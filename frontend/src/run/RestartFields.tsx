/** The fields that a network takes only when it is built: a change starts a new run. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { groupsOf } from '../editor/graph';
import { type Norm, readActivation, readNorm, writeActivation, writeNorm } from '../editor/switches';
import { Choice, type Option } from '../forms/Choice';
import { Icon } from '../forms/Icon';
import { NumberField } from '../forms/NumberField';
import { Row } from '../forms/Row';
import { findKind } from '../forms/schema';
import { usualScale } from '../forms/usual';
import type { InitSpec, Kind, TrainingSpec } from '../generated/schemas';
import { useSession, useSpec } from '../session/react';
import { useProblem } from './field';
import { optionsOf, useKinds } from './LiveFields';

const SEED_LIMITS = { isWhole: true, low: 0, high: 2 ** 32 - 1, isLowOpen: false, isHighOpen: false };
const EPOCH_LIMITS = { isWhole: true, low: 1, high: null, isLowOpen: false, isHighOpen: false };

export function RestartFields() {
  return (
    <>
      <Init />
      <NormSwitch />
      <ActivationSwitch />
      <Seed />
      <Epochs />
    </>
  );
}

function Init() {
  const { init } = useSpec();
  const session = useSession();
  const kinds = useKinds();
  const kind = findKind(kinds, 'init', init.scheme);
  return (
    <Row label="Init" help={kind?.help ?? 'How the weights start.'}>
      {(id) => (
        <Choice
          id={id}
          label="Init"
          options={optionsOf(kinds, 'init')}
          value={kind?.kind ?? null}
          onChange={(scheme) => session.edit((spec) => ({ ...spec, init: { scheme } as InitSpec }))}
        />
      )}
    </Row>
  );
}

const layersOf = (kinds: readonly Kind[], group: string): Option[] => [
  { value: 'none', label: 'None' },
  ...kinds
    .filter((kind) => kind.family === 'layer' && kind.group === group)
    .map(({ kind, title, help }) => ({ value: kind, label: title, help })),
];

const NORM_ORDER = ['none', 'batch_norm', 'layer_norm', 'instance_norm', 'group_norm'];

function NormSwitch() {
  const { graph } = useSpec();
  const session = useSession();
  const kinds = useKinds();
  const groupOf = groupsOf(kinds);
  const options = layersOf(kinds, 'norm').sort((a, b) => NORM_ORDER.indexOf(a.value) - NORM_ORDER.indexOf(b.value));
  return (
    <Row label="Norm" help="The norm behind every layer with weights but the output.">
      {(id) => (
        <Choice
          id={id}
          label="Norm"
          options={options}
          value={readNorm(graph, groupOf)}
          placeholder="mixed"
          onChange={(norm) =>
            session.edit((spec) => ({ ...spec, graph: writeNorm(spec.graph, norm as Norm, groupOf) }))
          }
        />
      )}
    </Row>
  );
}

function ActivationSwitch() {
  const { graph } = useSpec();
  const session = useSession();
  const kinds = useKinds();
  const groupOf = groupsOf(kinds);
  return (
    <Row label="Activation" help="Every activation layer of the network.">
      {(id) => (
        <Choice
          id={id}
          label="Activation"
          options={layersOf(kinds, 'activation')}
          value={readActivation(graph, groupOf)}
          placeholder="mixed"
          onChange={(kind) => session.edit((spec) => ({ ...spec, graph: writeActivation(spec.graph, kind, groupOf) }))}
        />
      )}
    </Row>
  );
}

const withTraining = (change: Partial<TrainingSpec>) => (spec: ReturnType<typeof useSpec>) => ({
  ...spec,
  training: { ...spec.training, ...change },
});

function Seed() {
  const { training } = useSpec();
  const session = useSession();
  const problem = useProblem('training.seed');
  const roll = (): void => session.edit(withTraining({ seed: Math.floor(Math.random() * 1000) }));
  return (
    <Row label="Seed" help="The same seed gives the same weights, batches and losses, bit for bit.">
      {(id) => (
        <div className="with-button">
          <NumberField
            id={id}
            label="Seed"
            value={training.seed}
            scale={usualScale('seed', SEED_LIMITS)}
            limits={SEED_LIMITS}
            problem={problem}
            onChange={(seed, phase) => session.edit(withTraining({ seed: seed ?? 0 }), phase)}
          />
          <Tooltip label="Another seed">
            <ActionIcon aria-label="Another seed" onClick={roll}>
              <Icon name="dice" />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </Row>
  );
}

function Epochs() {
  const { training } = useSpec();
  const session = useSession();
  const problem = useProblem('training.epochs');
  return (
    <Row label="Epochs" help="How often the network sees every training sample.">
      {(id) => (
        <NumberField
          id={id}
          label="Epochs"
          value={training.epochs}
          isOptional
          placeholder="no end"
          scale={usualScale('epochs', EPOCH_LIMITS)}
          limits={EPOCH_LIMITS}
          problem={problem}
          onChange={(epochs, phase) => session.edit(withTraining({ epochs }), phase)}
        />
      )}
    </Row>
  );
}
