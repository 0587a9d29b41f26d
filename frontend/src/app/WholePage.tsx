/** The page when there is nothing to show yet: opening, signed out, or no server. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Icon } from '../forms/Icon';
import { useSession } from '../session/react';

const SHOW_AFTER_MS = 300;

/** Grey shapes of what will come, once it takes longer than a moment. */
export function Opening() {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="opening" aria-busy="true">
      <p className={isSlow ? 'opening-words' : 'hidden-text'} role="status">
        <b>Layerlab is opening.</b> PyTorch takes a few seconds to load.
      </p>
      {isSlow ? (
        <>
          <i className="opening-bar" />
          <i className="opening-bar wide" />
          <div className="opening-columns">
            <i />
            <i />
            <i />
          </div>
        </>
      ) : null}
    </div>
  );
}

export function Gone() {
  const session = useSession();
  return (
    <main className="whole-page">
      <Icon name="offline" size={24} />
      <h1>Layerlab is not running.</h1>
      <p>
        Start it with <code>make run</code>. Your runs are kept; this page goes on by itself.
      </p>
      <Button onClick={() => session.retryConnection()}>Try again</Button>
    </main>
  );
}

export function SignedOut() {
  const session = useSession();
  return (
    <main className="whole-page">
      <Icon name="key" size={24} />
      <h1>This browser is not signed in.</h1>
      <p>
        Open the link that Layerlab printed when it started, or run <code>layerlab link</code> for a new one. Your runs
        are kept.
      </p>
      <Button onClick={() => session.retryConnection()}>Try again</Button>
    </main>
  );
}
