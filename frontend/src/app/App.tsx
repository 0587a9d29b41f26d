/** The page: theme around it, one of its whole-page states, or the frame with its columns. */
import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import { useHasSpec, usePage, usePreferences, type Workplace, WorkplaceContext } from '../session/react';
import { Frame } from './Frame';
import { theme, variablesResolver } from './theme';
import { Gone, Opening, SignedOut } from './WholePage';

export function App({ workplace }: { readonly workplace: Workplace }) {
  return (
    <WorkplaceContext value={workplace}>
      <Themed>
        <Content />
      </Themed>
    </WorkplaceContext>
  );
}

function Themed({ children }: { readonly children: ReactNode }) {
  const choice = usePreferences((one) => one.theme);
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const scheme = choice === 'system' ? system : choice;
  // The tokens switch by this attribute. It must stand before anything reads a colour, so not in an effect.
  const isPresenting = usePage((page) => page.isPresenting);
  wear(scheme);
  document.documentElement.toggleAttribute('data-presenting', isPresenting);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variablesResolver} forceColorScheme={scheme}>
      {children}
    </MantineProvider>
  );
}

/** Changes all colours at once: a button that still faded from white would have white words on it meanwhile. */
function wear(scheme: 'light' | 'dark'): void {
  const root = document.documentElement;
  if (root.dataset.theme === scheme) return;
  root.toggleAttribute('data-changing', true);
  root.dataset.theme = scheme;
  // Reading a style settles it, with the durations of now.
  void getComputedStyle(root).color;
  root.toggleAttribute('data-changing', false);
}

function Content() {
  const access = usePage((page) => page.access);
  const hasSpec = useHasSpec();
  useEffect(() => {
    document.title = 'Layerlab';
  }, []);
  if (access === 'signed_out') return <SignedOut />;
  if (access === 'gone' && !hasSpec) return <Gone />;
  return hasSpec ? <Frame /> : <Opening />;
}
