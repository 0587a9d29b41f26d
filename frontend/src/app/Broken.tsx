/** The last line: a mistake of ours in the view must not leave a blank page. The run goes on without it. */
import { Component, type ReactNode } from 'react';

interface BrokenState {
  readonly message: string | null;
}

export class Broken extends Component<{ readonly children: ReactNode }, BrokenState> {
  override state: BrokenState = { message: null };

  static getDerivedStateFromError(error: unknown): BrokenState {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <main className="whole-page" role="alert">
        <h1>The page made a mistake and stopped drawing.</h1>
        <p>
          Training goes on, and nothing recorded is lost. Load the page again to go on watching.{' '}
          <code>{this.state.message}</code>
        </p>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    );
  }
}
