/** The fields that a network takes only when it is built: a change starts a new run. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon } from '../forms/Icon';
import { NumberField } from '../forms/NumberField';
import { Row } from '../forms/Row';
import { usualScale } from '../forms/usual';
import type { RunSpec, TrainingSpec } from '../generated/schemas';
import { useSession, useSpecPart } from '../session/react';
import { useProblem } from './field';
import { InitFields } from './InitFields';
import { KindRow } from './KindRow';
import { ActivationSwitch, NormSwitch } from './NormFields';
import { ScheduleFields } from './ScheduleFields';

const AUTOMATIC_LOSS = {
  value: '',
  label: 'Automatic',
  help: 'Cross-entropy for classes, squared error for numbers.',
};
const SEED_LIMITS = { isWhole: true, low: 0, high: 2 ** 32 - 1, isLowOpen: false, isHighOpen: false };
const EPOCH_LIMITS = { isWhole: true, low: 1, high: null, isLowOpen: false, isHighOpen: false };

export function RestartFields() {
  return (
    <>
      <InitFields />
      <NormSwitch />
      <ActivationSwitch />
      <ScheduleFields />
      <KindRow part="loss" label="Loss" automatic={AUTOMATIC_LOSS} />
      <Seed />
      <Epochs />
    </>
  );
}

const withTraining = (change: Partial<TrainingSpec>) => (spec: RunSpec) => ({
  ...spec,
  training: { ...spec.training, ...change },
});

function Seed() {
  const training = useSpecPart('training');
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
  const training = useSpecPart('training');
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
