/** What the network learns from: a look at the samples, how many there are, and a choice of others. */
import { Skeleton, Tooltip, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { withField } from '../data/edits';
import { isOwn, OwnLink } from '../data/own/OwnLink';
import { PointSets } from '../data/PointSets';
import { setParameter } from '../data/parameters';
import { Samples } from '../data/Samples';
import { formatCount, formatShape } from '../draw';
import { Icon } from '../forms/Icon';
import { NumberField } from '../forms/NumberField';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import { type Field, fieldsOf, findKind } from '../forms/schema';
import { usualScale } from '../forms/usual';
import type { Kind } from '../generated/schemas';
import { usePage, useSession, useSpecPart, useWorkplace } from '../session/react';
import { useProblem } from './field';

const SPLIT_LIMITS = { isWhole: false, low: 0, high: 1, isLowOpen: false, isHighOpen: true };

export function DataCard() {
  const own = useSpecPart('data');
  const [isOpen, setOpen] = useState(false);
  const kinds = usePage((page) => page.catalog?.kinds ?? NONE);
  const preview = usePage((page) => page.preview);
  const problem = usePage((page) => page.previewProblem);
  const refused = usePage((page) => page.refused);
  const kind = findKind(kinds, 'dataset', own.dataset);
  const hasOwnPage = isOwn(kind);
  const fields = useMemo(() => (isOwn(kind) ? NO_FIELDS : fieldsOf(kind)), [kind]);
  const data = preview?.data;
  const isFresh = data?.dataset === (kind?.kind ?? own.dataset);
  const isPoints = kind?.details.input_kind === 'points';
  const isLong = !isPoints && fields.length > FIRST + 1;
  const folded = isLong ? fields.slice(FIRST) : NO_FIELDS;
  // What was refused is never folded away.
  const bad = new Set(refused.map((one) => one.path));
  const shown = fields.filter((field) => isOpen || !folded.includes(field) || bad.has(`data.params.${field.name}`));
  return (
    <section className="datacard" aria-label="Data" data-points={isPoints || undefined}>
      <header className="row">
        <h2>{isPoints ? 'Data' : (kind?.title ?? own.dataset)}</h2>
        {isPoints ? <span className="sm faint clip">{kind.title}</span> : null}
        <span className="grow" />
        <OpenData label={isPoints ? 'More sets' : 'Change'} />
      </header>
      {isPoints ? <PointSets kinds={kinds} chosen={kind.kind} /> : null}
      {problem ? (
        <p className="datacard-problem">{problem}</p>
      ) : isPoints ? null : preview && isFresh ? (
        <Samples preview={preview} />
      ) : (
        <Skeleton height={46} radius={4} animate={false} />
      )}
      {isPoints ? null : (
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
      )}
      {fields.length > 0 || hasOwnPage ? (
        <div className="datacard-fields">
          {hasOwnPage ? <OwnLink /> : null}
          {shown.map((field) => (
            <Parameter key={field.name} field={field} />
          ))}
          {isPoints ? <Split /> : null}
          {folded.length > 0 ? (
            <UnstyledButton className="link fold-line" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
              <Icon name={isOpen ? 'fold' : 'unfold'} size={12} />
              {isOpen ? 'Fewer' : `${folded.length} more`}
            </UnstyledButton>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

/** The way to the view that has room: all sets, samples with what the network makes of them, preparation. */
function OpenData({ label }: { readonly label: string }) {
  const { page } = useWorkplace();
  const isOpen = usePage((one) => one.dataPage !== null);
  return (
    <UnstyledButton
      className="link"
      data-opens="data"
      aria-label={isOpen ? 'Close the data view' : `${label}: open the data view`}
      aria-expanded={isOpen}
      onClick={() => page.setState({ dataPage: isOpen ? null : 'choose' })}
    >
      {isOpen ? 'Close' : label}
    </UnstyledButton>
  );
}

const NONE: readonly Kind[] = [];
const NO_FIELDS: readonly Field[] = [];
/** So many parameters stand open; more than these and one are folded, so that the settings stay in sight. */
const FIRST = 3;

function Parameter({ field }: { readonly field: Field }) {
  const data = useSpecPart('data');
  const workplace = useWorkplace();
  const refused = usePage((page) => page.refused);
  return (
    <SchemaField
      field={field}
      value={data.params[field.name] ?? field.initial}
      problem={refused.find((one) => one.path === `data.params.${field.name}`)?.message}
      effect={null}
      onChange={(value, phase) => void setParameter(workplace, field.name, value, phase)}
    />
  );
}

/** The share of the points kept for validation, at hand as noise and number are. */
function Split() {
  const data = useSpecPart('data');
  const session = useSession();
  const problem = useProblem('data.validation_fraction');
  const kept = usePage((page) => page.preview?.data.num_validation);
  return (
    <Row label="Split" help="Share of the points kept for validation: drawn as squares, and never trained on.">
      {(id) => (
        <NumberField
          id={id}
          label="Split"
          value={data.validation_fraction}
          unit={kept === undefined ? undefined : `${formatCount(kept)} validation`}
          scale={usualScale('validation_fraction', SPLIT_LIMITS)}
          limits={SPLIT_LIMITS}
          problem={problem}
          onChange={(value, phase) =>
            session.edit((now) => ({ ...now, data: withField(now.data, 'validation_fraction', value) }), phase)
          }
        />
      )}
    </Row>
  );
}
