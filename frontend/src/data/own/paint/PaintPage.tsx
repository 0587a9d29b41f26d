/** Points painted on the plane: tools, classes, and the plane. */
import { Button, Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatCount } from '../../../draw';
import { Choice } from '../../../forms/Choice';
import { Icon } from '../../../forms/Icon';
import { NumberField } from '../../../forms/NumberField';
import { Row } from '../../../forms/Row';
import { usePage, useSession } from '../../../session/react';
import { SplitFields } from '../../choose/SplitFields';
import { UseButton } from '../UseButton';
import { Classes } from './Classes';
import { lackOf, PAINTED } from './edits';
import { PaintCanvas } from './PaintCanvas';
import { type Brush, countsOf, MOST_POINTS, type Tool } from './stroke';
import { usePainting } from './usePainting';
import './paint.css';

const TOOLS = [
  { value: 'brush', label: 'Brush', help: 'Points along the way of the hand (B)' },
  { value: 'spray', label: 'Spray', help: 'Points around the hand, as long as it is held (S)' },
  { value: 'erase', label: 'Erase', help: 'Takes away all points under the hand (E)' },
];
const RADIUS = {
  scale: { kind: 'linear', low: 0.25, high: 3, step: 0.25 },
  limits: { isWhole: false, low: 0.1, high: 6, isLowOpen: false, isHighOpen: false },
} as const;
const BEGIN: Brush = { tool: 'brush', number: 0, radius: 1 };

export function PaintPage() {
  const { points, isInUse, canUndo, paint, undo } = usePainting();
  const session = useSession();
  const [brush, setBrush] = useState(BEGIN);
  const record = usePage((page) => (isInUse ? page.record : null));
  const preview = usePage((page) => (isInUse ? page.preview : null));
  const lack = lackOf(points);
  useEffect(() => {
    if (isInUse) session.watch(['decision_surface']);
  }, [isInUse, session]);
  const setTool = (tool: Tool): void => setBrush((now) => ({ ...now, tool }));
  const setNumber = (number: number): void =>
    setBrush((now) => ({ ...now, number, tool: now.tool === 'erase' ? 'brush' : now.tool }));
  return (
    <section className="paint" aria-label="Painted points">
      <PaintCanvas points={points} brush={brush} record={record} onPaint={paint} onTool={setTool} onClass={setNumber} />
      <div className="paint-side">
        <header>
          <h3>Painted points</h3>
          <p className="sm muted">
            {isInUse ? 'Each stroke is an edit: it starts a new run.' : 'A colour for each class; use them when done.'}
          </p>
        </header>
        <Row label="Tool">
          {(id) => (
            <Choice
              id={id}
              label="Tool"
              options={TOOLS}
              value={brush.tool}
              onChange={(tool) => setTool(tool as Tool)}
            />
          )}
        </Row>
        <Row label="Radius" help="Of what is sprayed or wiped out, in units of the plane.">
          {(id) => (
            <NumberField
              id={id}
              label="Radius"
              value={brush.radius}
              isDisabled={brush.tool === 'brush'}
              scale={RADIUS.scale}
              limits={RADIUS.limits}
              onChange={(radius) => radius !== null && setBrush({ ...brush, radius })}
            />
          )}
        </Row>
        <Classes counts={countsOf(points)} chosen={brush.tool === 'erase' ? null : brush.number} onChoose={setNumber} />
        <p className="xs faint num" aria-live="polite">
          {formatCount(points.length)} of at most {formatCount(MOST_POINTS)} points
        </p>
        <div className="row">
          <Tooltip label={isInUse ? 'Take the last edit back (Ctrl Z)' : 'Take the last stroke back'}>
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="undo" size={13} />}
              disabled={!canUndo}
              onClick={undo}
            >
              Undo
            </Button>
          </Tooltip>
          <Button variant="default" size="xs" disabled={points.length === 0} onClick={() => paint([])}>
            Clear
          </Button>
        </div>
        <UseButton
          title="Painted points"
          wish={{ dataset: PAINTED, params: { points } }}
          isInUse={isInUse}
          lack={lack}
        />
        {isInUse ? <SplitFields preview={preview} /> : null}
        <p className="xs faint">
          Keys on the plane: arrows move, <kbd>Space</kbd> paints, <kbd>1</kbd>…<kbd>8</kbd> class, <kbd>B</kbd>{' '}
          <kbd>S</kbd> <kbd>E</kbd> tool.
        </p>
      </div>
    </section>
  );
}
