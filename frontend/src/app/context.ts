/** How components reach the stores and the session: by hooks, so that each reads just what it draws. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../session/session';
import type { Draft, DraftStore } from '../stores/draft';
import type { Page, PageStore } from '../stores/page';
import type { Signal } from '../stores/signal';

export interface Layerlab {
  readonly page: PageStore;
  readonly draft: DraftStore;
  readonly session: Session;
}

export const LayerlabContext = createContext<Layerlab | null>(null);

export function useLayerlab(): Layerlab {
  const layerlab = useContext(LayerlabContext);
  if (!layerlab) throw new Error('This component stands outside of LayerlabContext.');
  return layerlab;
}

export const useSession = (): Session => useLayerlab().session;

/** A part of the page's state; the component draws again when that part changes. */
export const usePage = <Part>(select: (page: Page) => Part): Part => useStore(useLayerlab().page, select);

/** A part of the experiment on the page. */
export const useDraft = <Part>(select: (draft: Draft) => Part): Part => useStore(useLayerlab().draft, select);

const never = (): (() => void) => () => undefined;

/** Draws again when the signal tells of a change, at most once an animation frame. For words and states, not for data. */
export function useSignal(signal: Signal | null | undefined): number {
  return useSyncExternalStore(signal?.subscribe ?? never, () => signal?.version ?? 0);
}
