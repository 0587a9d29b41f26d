/** What the network learns from: a look at the samples, how many there are, and a choice of others. */
import { Popover, Skeleton, Tooltip, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatCount, formatShape } from '../draw';
import { Icon } from '../forms/Icon';
import { SchemaField } from '../forms/SchemaField';
import { fieldsOf, findKind } from '../forms/schema';
import type { Kind } from '../generated/schemas';
import { usePage, useSession, useSpec } from '../session/react';
import { withDataset, withField } from './edits';
import { Samples } from './Samples';

export function DataCard() {
  const spec = useSpec();
  const session = useSession();
  const kinds = usePage((page) => page.catalog?.kinds ?? NONE);
  const preview = usePage((page) => page.preview);
  const problem = usePage((page) => page.previewProblem);
  const refused = usePage((page) => page.refused);
  const kind = findKind(kinds, 'dataset', spec.data.dataset);
  const fields = useMemo(() => fieldsOf(kind), [kind]);
  const data = preview?.data;
  const isFresh = data?.dataset === (kind?.kind ?? spec.data.dataset);
  return (
    <section className="datacard" aria-label="Data">
      <header className="row">
        <h2>{kind?.title ?? spec.data.dataset}</h2>
        <span className="grow" />
        <DatasetPicker kinds={kinds} chosen={kind?.kind ?? ''} />
      </header>
      {problem ? (
        <p className="datacard-problem">{problem}</p>
      ) : preview && isFresh ? (
        <Samples preview={preview} />
      ) : (
        <Skeleton height={46} radius={4} animate={false} />
      )}
      <footer className="row xs muted num">
        <span className="clip">
          {data && isFresh
            ? `${formatCount(data.num_train)} train · ${formatCount(data.num_validation)} validation`
            : ' '}
        </span>
        <span className="grow" />
        <Tooltip label="Shape of one sample" disabled={!data}>
          <span>{data && isFresh ? formatShape(data.input_shape) : ''}</span>
        </Tooltip>
      </footer>
      {fields.length > 0 ? (
        <div className="datacard-fields">
          {fields.map((field) => (
            <SchemaField
              key={field.name}
              field={field}
              value={spec.data.params[field.name] ?? field.initial}
              problem={refused.find((one) => one.path === `data.params.${field.name}`)?.message}
              effect={null}
              onChange={(value, phase) =>
                session.edit(
                  (now) => ({ ...now, data: { ...now.data, params: withField(now.data.params, field.name, value) } }),
                  phase,
                )
              }
            />
          ))}
        </div>
      ) : null}
    </section>
  );
}

const NONE: readonly Kind[] = [];

function DatasetPicker({ kinds, chosen }: { readonly kinds: readonly Kind[]; readonly chosen: string }) {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const datasets = kinds.filter((kind) => kind.family === 'dataset');
  const groups = [...new Set(datasets.map((kind) => kind.group))];
  const choose = (dataset: string): void => {
    setOpen(false);
    if (dataset !== chosen) session.edit((now) => withDataset(now, dataset));
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <UnstyledButton className="link" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          Change
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className="picker" aria-label="Dataset">
          {groups.map((group) => (
            <div key={group}>
              <p className="picker-head">{group}</p>
              {datasets
                .filter((kind) => kind.group === group)
                .map((kind) => (
                  <button
                    type="button"
                    key={kind.kind}
                    aria-pressed={kind.kind === chosen}
                    onClick={() => choose(kind.kind)}
                  >
                    <span>
                      {kind.title}
                      <small>{kind.help}</small>
                    </span>
                    {kind.kind === chosen ? <Icon name="check" size={13} /> : null}
                  </button>
                ))}
            </div>
          ))}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}
