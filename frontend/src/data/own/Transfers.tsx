/** Files on their way: how far each is, a way to give it up, and what was wrong with one that was not taken. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { formatBytes } from '../../draw';
import { Icon } from '../../forms/Icon';
import type { TableForm } from '../../generated/schemas';
import { useOwnData, useSession } from '../../session/react';
import type { Transfer } from '../../stores/own';
import { AS_FOUND } from './useForm';
import { isTable, WrittenSo } from './WrittenSo';

export function Transfers() {
  const transfers = useOwnData((own) => own.transfers);
  if (transfers.length === 0) return null;
  return (
    <ul className="own-transfers" aria-label="Files on their way">
      {transfers.map((transfer) => (
        <li key={transfer.id}>
          <OneTransfer transfer={transfer} />
        </li>
      ))}
    </ul>
  );
}

function wordOf({ state, sent, size }: Transfer): string {
  if (state === 'reading') return 'reading and checking it';
  return `${formatBytes(sent)} of ${formatBytes(size)}`;
}

function OneTransfer({ transfer }: { readonly transfer: Transfer }) {
  const { uploading } = useSession();
  const { id, name, size, sent, problem } = transfer;
  const [form, setForm] = useState<TableForm>(AS_FOUND);
  const label = problem ? `Take ${name} off the list` : `Cancel ${name}`;
  return (
    <>
      <div className="row">
        <span className="clip grow" title={name}>
          {name}
        </span>
        <Tooltip label={problem ? 'Take it off the list' : 'Cancel'}>
          <ActionIcon size="xs" aria-label={label} onClick={() => uploading.cancel(id)}>
            <Icon name="close" size={12} />
          </ActionIcon>
        </Tooltip>
      </div>
      {problem ? (
        <div className="own-problem" role="alert">
          <Icon name="error" size={14} />
          <p className="sm">
            {problem.hint ? <b>{problem.message}</b> : problem.message} {problem.hint}
          </p>
          {isTable(name) && size > 0 ? <WrittenSo name={name} form={form} onChange={setForm} /> : null}
          <Button variant="default" size="xs" onClick={() => void uploading.again(id, form)}>
            Send it again
          </Button>
        </div>
      ) : (
        <>
          <progress
            aria-label={`${name} sent`}
            max={Math.max(1, size)}
            value={transfer.state === 'reading' ? undefined : sent}
          />
          <p className="xs faint num">{wordOf(transfer)}</p>
        </>
      )}
    </>
  );
}
