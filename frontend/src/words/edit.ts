/**
 * A drag is one edit: it begins, moves, and ends. A chosen value is an edit by itself. A value that is being typed is
 * looked at, and the run follows when it ends. What is joined belongs to the edit before it, and is undone with it.
 */
export type EditPhase = 'begin' | 'move' | 'end' | 'single' | 'typing' | 'joined';
