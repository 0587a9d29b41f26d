/** The network column for 2-D data: head with totals and layers, the graph, its legend, and the line of notices. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { formatCount, onThemeChange, theme } from '../draw';
import { Icon } from '../forms/Icon';
import { usePage, useSession, useSpecPart, useWorkplace } from '../session/react';
import { withLayer, withoutLayer } from './edits';
import { featuresOf } from './features';
import { Graph } from './Graph';
import type { Chosen } from './layout';
import { shadeOf } from './links';
import { Sign } from './Sign';
import { MOST_HIDDEN, type Stack } from './stack';
import { widthsOf } from './words';
import './points.css';

const TILE = 44;
const TILE_WIDE = 64;

interface PointsNetworkProps {
  readonly stack: Stack;
  readonly chosen: Chosen;
  onChoose(chosen: Chosen): void;
  /** What lies over the column, such as its edge, and the line of notices below it. */
  readonly children?: ReactNode;
}

export function PointsNetwork({ stack, chosen, onChoose, children }: PointsNetworkProps) {
  const graph = useSpecPart('graph');
  const legend = useRef<HTMLDivElement>(null);
  const isWide = useMediaQuery('(min-width: 1600px)', false, { getInitialValueInEffect: false });
  const features = useMemo(() => featuresOf(graph), [graph]);
  return (
    <main className="network points-network" aria-label="Network">
      <NetworkHead stack={stack} />
      <Graph
        stack={stack}
        features={features}
        tile={isWide ? TILE_WIDE : TILE}
        chosen={chosen}
        onChoose={onChoose}
        legend={legend}
      />
      <div className="points-legend row xs num" ref={legend}>
        <span>weight</span>
        <span data-end="low">−1</span>
        <ScaleBar />
        <span data-end="high">1</span>
        <span className="faint" data-end="most" />
        <span className="grow" />
        <span className="faint clip">width and colour show the weight; point at a line or a unit to see it</span>
      </div>
      {children}
    </main>
  );
}

function ScaleBar() {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const css = (weight: number): string => theme().diverging.css(shadeOf(weight, Math.abs(weight)));
      // Just the colours that lines have: those around 0 stop where the sign can still be seen.
      const stops = [css(-1), `${css(-1e-9)} 50%`, `${css(1e-9)} 50%`, css(1)];
      if (bar.current) bar.current.style.background = `linear-gradient(to right,${stops.join()})`;
    };
    draw();
    return onThemeChange(draw);
  }, []);
  return <i className="points-bar" ref={bar} />;
}

function NetworkHead({ stack }: { readonly stack: Stack }) {
  const { page, preferences } = useWorkplace();
  const totals = usePage((one) => one.check?.totals);
  return (
    <header className="column-head">
      <h2>Network</h2>
      <span className="sm faint num clip">
        {widthsOf(stack)}
        {totals ? ` · ${formatCount(totals.parameters)} parameters` : ''}
      </span>
      <span className="grow" />
      <LayerCount stack={stack} />
      <Tooltip label="Show the network as cards">
        <ActionIcon
          size="xs"
          aria-label="Show the network as cards"
          onClick={() => preferences.setState({ showsPoints: false })}
        >
          <Icon name="layers" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Show the experiment as JSON">
        <ActionIcon
          size="xs"
          aria-label="Show the experiment as JSON"
          onClick={() => page.setState({ showsText: true })}
        >
          <Icon name="code" />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function LayerCount({ stack }: { readonly stack: Stack }) {
  const session = useSession();
  const count = stack.length - 2;
  const last = stack.at(-2);
  const add = (): void => session.edit((spec) => ({ ...spec, graph: withLayer(spec.graph, stack) }));
  const remove = (): void =>
    session.edit((spec) => (last ? { ...spec, graph: withoutLayer(spec.graph, stack, last) } : spec));
  return (
    <div className="points-layers row">
      <ActionIcon size="xs" aria-label="Take the last hidden layer out" disabled={count < 1} onClick={remove}>
        <Sign name="minus" />
      </ActionIcon>
      <span className="sm num">
        {count} hidden {count === 1 ? 'layer' : 'layers'}
      </span>
      <ActionIcon size="xs" aria-label="Add a hidden layer" disabled={count >= MOST_HIDDEN} onClick={add}>
        <Sign name="plus" />
      </ActionIcon>
    </div>
  );
}
