/** App bar, transport, and the three columns: settings, network, panels. The page itself never scrolls. */
import { useState } from 'react';
import { Network } from '../editor/Network';
import { Rail } from '../run/Rail';
import { Transport } from '../run/Transport';
import '../run/rail.css';
import '../run/transport.css';
import { Announcements } from './Announcements';
import { AppBar } from './AppBar';
import { ColumnEdge, useColumns } from './columns';
import { KeyTable } from './KeyTable';
import { Palette } from './Palette';
import { Stage } from './Stage';
import { useKeys } from './useKeys';

export type Overlay = 'palette' | 'keys' | null;

export function Frame() {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [isRailOpen, setRailOpen] = useState(false);
  const columns = useColumns();
  useKeys(setOverlay);
  return (
    <div className="page">
      <AppBar onPalette={() => setOverlay('palette')} />
      <Transport onSettings={() => setRailOpen(!isRailOpen)} />
      <div className="work" style={columns.style}>
        <Rail isOpen={isRailOpen} onClose={() => setRailOpen(false)} />
        <Network>
          <ColumnEdge label="Width of the settings" {...columns.rail} />
          <ColumnEdge label="Width of the network" {...columns.network} />
        </Network>
        <Stage />
      </div>
      <Palette isOpen={overlay === 'palette'} onClose={() => setOverlay(null)} onKeys={() => setOverlay('keys')} />
      <KeyTable isOpen={overlay === 'keys'} onClose={() => setOverlay(null)} />
      <Announcements />
    </div>
  );
}
