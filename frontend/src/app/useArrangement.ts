/** Which panels are on the screen now, and how that is changed: for the panels themselves, the list and the commands. */
import { useMemo, useRef } from 'react';
import { type Arrangement, defaultArrangement, fitting, type PanelKind, panelKinds, probesOf } from '../panels';
import { keepColumns, type Stack, stackOf } from '../points';
import { useLesson, usePage, usePreferences, useWorkplace } from '../session/react';

/** Beside the network of points: the answer over the plane, large, and the loss. */
const BESIDE_POINTS: Arrangement = {
  places: [
    { id: 'decision_surface', rows: 2, columns: 2 },
    { id: 'loss', columns: 2 },
  ],
  maximised: null,
};

/** The network as columns of units, where data and network can be drawn so and a person wants it; else null. */
export function useStack(): { stack: Stack | null; isShown: boolean } {
  const check = usePage((page) => page.check);
  const kinds = usePage((page) => page.catalog?.kinds);
  const showsText = usePage((page) => page.showsText);
  const wantsPoints = usePreferences((one) => one.showsPoints);
  const found = useMemo(() => stackOf(check, kinds ?? []), [check, kinds]);
  const before = useRef<Stack | null>(null);
  const stack = keepColumns(before.current, found);
  before.current = stack;
  return { stack, isShown: stack !== null && wantsPoints && !showsText };
}

export interface Arranging {
  readonly kinds: readonly PanelKind[];
  readonly arrangement: Arrangement;
  /** Null brings the usual panels back. */
  arrange(arrangement: Arrangement | null): void;
}

export function useArrangement(): Arranging {
  const { preferences, session } = useWorkplace();
  const { isShown: isBesidePoints } = useStack();
  const check = usePage((page) => page.check);
  const catalog = usePage((page) => page.catalog);
  const kept = isBesidePoints ? 'pointsArrangement' : 'arrangement';
  const chosen = usePreferences((one) => one[kept]);
  const task = check?.data?.task === 'regression' ? 'regression' : 'classification';
  const kinds = useMemo(() => panelKinds(task, catalog ? probesOf(catalog.kinds) : undefined), [catalog, task]);
  const lesson = useLesson((one) => one.lesson);
  const inLesson = useLesson((one) => one.arrangement);
  const arrangement = useMemo(() => {
    if (lesson) return fitting(inLesson, { places: lesson.panels, maximised: null });
    return fitting(chosen, isBesidePoints ? BESIDE_POINTS : defaultArrangement(check));
  }, [lesson, inLesson, chosen, check, isBesidePoints]);
  const arrange = (next: Arrangement | null): void =>
    lesson ? session.lessons.arrange(next) : preferences.setState({ [kept]: next });
  return { kinds, arrangement, arrange };
}
