/** One unit: a tile that takes pointer and focus. Those of the input are switches of the features. */
import { memo } from 'react';
import { useSession } from '../session/react';
import { switchFeature, WORDS } from './features';
import type { Chosen, Tile } from './layout';
import { featureAt } from './words';

interface UnitProps {
  readonly tile: Tile;
  /** How it is named. */
  readonly title: string;
  /** Of a feature: whether the network reads it, and whether it reads no other; null for a unit of a layer. */
  readonly reads: 'on' | 'off' | 'only' | null;
  readonly isChosen: boolean;
  /** The one of its column that Tab reaches. */
  readonly isFirst: boolean;
  onChoose(chosen: Chosen): void;
}

export const Unit = memo(function Unit(props: UnitProps) {
  return props.reads ? <FeatureSwitch {...props} /> : <Plain {...props} />;
});

const place = ({ x, y, side }: Tile) => ({ left: x - side / 2, top: y - side / 2, width: side, height: side });

function looking({ tile: { column, unit }, onChoose }: UnitProps) {
  const choose = (): void => onChoose({ column, unit });
  const leave = (): void => onChoose(null);
  return {
    'data-column': column,
    'data-unit': unit,
    onPointerEnter: choose,
    onFocus: choose,
    onPointerLeave: leave,
    onBlur: leave,
  };
}

function Plain(props: UnitProps) {
  const { tile, title, isChosen, isFirst } = props;
  return (
    <button
      type="button"
      className="unit"
      data-chosen={isChosen || undefined}
      style={place(tile)}
      tabIndex={isFirst ? 0 : -1}
      aria-label={title}
      {...looking(props)}
    >
      <canvas />
    </button>
  );
}

function FeatureSwitch(props: UnitProps) {
  const { tile, reads, isChosen } = props;
  const session = useSession();
  const feature = featureAt(tile.unit);
  const { sign, name } = WORDS[feature];
  const isOn = reads !== 'off';
  const isLast = reads === 'only';
  const toggle = (): void =>
    session.edit((spec) => ({ ...spec, graph: [...switchFeature(spec.graph, feature, !isOn)] }));
  return (
    <>
      <button
        type="button"
        className="unit feature"
        role="switch"
        aria-checked={isOn}
        aria-disabled={isLast || undefined}
        aria-label={`Feature ${name}`}
        title={isLast ? 'The network must read at least one feature.' : undefined}
        data-feature={feature}
        data-chosen={(isOn && isChosen) || undefined}
        style={place(tile)}
        onClick={toggle}
        {...looking(props)}
      >
        <canvas />
      </button>
      <span
        className="points-sign"
        data-on={isOn || undefined}
        style={{ left: tile.x, top: isOn ? tile.y + tile.side / 2 + 2 : tile.y - 8 }}
      >
        {sign}
      </span>
    </>
  );
}
