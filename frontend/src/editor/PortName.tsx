/** The name of a place at the head or foot of a card. */
import type { Port } from './places';

/** Names of the places where no wire says them; those of free places show under the hand. */
export function PortName({
  port,
  side,
  isShown,
}: {
  readonly port: Port;
  readonly side: 'head' | 'foot';
  isShown: boolean;
}) {
  if (port.label === null || (port.isUsed && !isShown)) return null;
  return (
    <span className={`port-name ${side}`} data-shown={isShown || undefined} style={{ left: port.x + 9 }}>
      {port.label}
    </span>
  );
}
