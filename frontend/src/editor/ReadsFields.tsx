/** What a layer reads, input by input: each is one of all sources that make no circle. Wires for the keyboard. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { Choice } from '../forms/Choice';
import { Icon } from '../forms/Icon';
import { Row } from '../forms/Row';
import { findKind } from '../forms/schema';
import type { Kind } from '../generated/schemas';
import { usePage, useWorkplace } from '../session/react';
import { connectTo, disconnectFrom } from './actions';
import { find, possibleSources } from './edges';
import type { Wired } from './graph';
import { DECODER_INPUT, INPUT, nodeOf, portOf } from './sources';

interface ReadsFieldsProps {
  readonly nodes: Wired;
  readonly id: string;
  readonly kind: Kind | undefined;
}

export function ReadsFields({ nodes, id, kind }: ReadsFieldsProps) {
  const workplace = useWorkplace();
  const kinds = usePage((one) => one.catalog?.kinds ?? NO_KINDS);
  const hasDecoder = usePage((one) => one.check?.data?.has_decoder_input === true);
  const inputs = find(nodes, id)?.inputs ?? [];
  const [least, most] = (kind?.details.num_inputs as [number, number] | undefined) ?? [1, 1];
  const names = (kind?.details.input_ports as string[] | undefined) ?? [];
  const portsOf = (name: string): readonly string[] =>
    (findKind(kinds, 'layer', name)?.details.output_ports as string[] | undefined) ?? [];
  const sources = possibleSources(nodes, id, hasDecoder ? [INPUT, DECODER_INPUT] : [INPUT], portsOf);
  const options = [...new Set([...sources, ...inputs])].map((value) => ({ value, label: sourceWords(value) }));
  // Something that is not read yet is rather wanted than the same once more.
  const next = [...sources].reverse().find((source) => !inputs.includes(source)) ?? INPUT;
  const canAdd = inputs.length < most;
  return (
    <>
      {inputs.map((source, index) => (
        <Row key={index} label={labelOf(index, names, inputs.length)} help="What this input reads.">
          {(field) => (
            <>
              <Choice
                id={field}
                label={labelOf(index, names, inputs.length)}
                options={options}
                value={source}
                onChange={(chosen) => connectTo(workplace, { to: id, index }, chosen)}
              />
              {inputs.length > Math.max(1, least) ? (
                <Tooltip label="Take this input away">
                  <ActionIcon
                    className="take-away"
                    size="xs"
                    aria-label={`Take input ${index + 1} away`}
                    onClick={() => disconnectFrom(workplace, { to: id, index })}
                  >
                    <Icon name="close" size={12} />
                  </ActionIcon>
                </Tooltip>
              ) : null}
            </>
          )}
        </Row>
      ))}
      {canAdd ? (
        <Button
          className="add-input"
          variant="subtle"
          leftSection={<Icon name="plus" size={13} />}
          onClick={() => connectTo(workplace, { to: id, index: inputs.length }, next)}
        >
          Add {names[inputs.length] ?? 'an input'}
        </Button>
      ) : null}
    </>
  );
}

const NO_KINDS: never[] = [];

function labelOf(index: number, names: readonly string[], count: number): string {
  const name = names[index];
  if (name && (names.length > 1 || count > 1)) return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return count > 1 ? `Reads ${index + 1}` : 'Reads';
}

/** 'encoder, state' for a port; the data by its own word. */
function sourceWords(source: string): string {
  if (source === INPUT) return 'Input';
  if (source === DECODER_INPUT) return 'Decoder input';
  const port = portOf(source);
  return port === null ? source : `${nodeOf(source)}, ${port}`;
}
