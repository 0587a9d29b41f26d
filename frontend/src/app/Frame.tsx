/** App bar, transport, and the three columns: settings, network, panels. The page itself never scrolls. */
import { useState } from 'react';
import { LessonColumn } from '../lessons/LessonColumn';
import { Rail } from '../run/Rail';
import { Transport } from '../run/Transport';
import '../run/rail.css';
import '../run/transport.css';
import { useLesson } from '../session/react';
import { Announcements } from './Announcements';
import { AppBar } from './AppBar';
import { KeyTable } from './KeyTable';
import { Palette } from './Palette';
import { useKeys } from './useKeys';
import { Work } from './Work';

export type Overlay = 'palette' | 'keys' | null;

export function Frame() {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [isRailOpen, setRailOpen] = useState(false);
  const isLesson = useLesson((one) => one.open !== null);
  useKeys(setOverlay);
  return (
    <div className="page">
      <AppBar onPalette={() => setOverlay('palette')} />
      <Transport onSettings={() => setRailOpen(!isRailOpen)} />
      <Work>
        {isLesson ? (
          <LessonColumn isOpen={!isRailOpen} />
        ) : (
          <Rail isOpen={isRailOpen} onClose={() => setRailOpen(false)} />
        )}
      </Work>
      <Palette isOpen={overlay === 'palette'} onClose={() => setOverlay(null)} onKeys={() => setOverlay('keys')} />
      <KeyTable isOpen={overlay === 'keys'} onClose={() => setOverlay(null)} />
      <Announcements />
    </div>
  );
}
