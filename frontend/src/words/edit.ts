/** A drag is one edit: it begins, moves, and ends. A typed or chosen value is an edit by itself. */
export type EditPhase = 'begin' | 'move' | 'end' | 'single';
