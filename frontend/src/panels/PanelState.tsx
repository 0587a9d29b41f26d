/** What a panel says when it has no picture to show. */
import type { ReactElement } from 'react';
import type { PanelState as State } from './drawing';
import { PanelIcon } from './PanelIcon';
import type { PanelAction } from './props';

/** Where nobody says otherwise. */
const USUAL_DROPOUT = 0.5;

interface Props {
  readonly state: State;
  readonly onAction: (action: PanelAction) => void;
}

export function PanelState({ state, onAction }: Props): ReactElement | null {
  switch (state.kind) {
    case 'ready':
      return null;
    case 'loading':
      return <LoadingShapes />;
    case 'empty':
      return (
        <div className="panel-state">
          <p>
            <b>No steps yet.</b> Press Train, or one step.
          </p>
          <div className="panel-state-row">
            <button type="button" className="panel-button" onClick={() => onAction({ type: 'train' })}>
              <PanelIcon name="play" />
              Train
            </button>
            <kbd>space</kbd>
          </div>
        </div>
      );
    case 'nothing_here':
      return (
        <div className="panel-state">
          <p>{state.text}</p>
        </div>
      );
    case 'inapplicable':
      return (
        <div className="panel-state">
          <p>
            <b>{state.text}</b>
          </p>
          {state.offer === 'add_dropout' && (
            <button
              type="button"
              className="panel-button"
              onClick={() => onAction({ type: 'add_dropout', p: USUAL_DROPOUT })}
            >
              Add dropout <span className="panel-tag panel-tag-restart">restarts</span>
            </button>
          )}
          {state.offer === 'add_norm' && (
            <button
              type="button"
              className="panel-button"
              onClick={() => onAction({ type: 'add_norm', kind: 'batch_norm' })}
            >
              Add batch norm <span className="panel-tag panel-tag-restart">restarts</span>
            </button>
          )}
        </div>
      );
    case 'error':
      return (
        <div className="panel-state" role="alert">
          <p>
            <b>This panel could not be drawn.</b> {state.text}
          </p>
        </div>
      );
  }
}

/** In the shape of what will come; shown after 300 ms, so that a quick answer does not flicker. */
function LoadingShapes(): ReactElement {
  return (
    <div className="panel-loading" aria-hidden="true">
      {[0, 1, 2, 3].map((row) => (
        <div key={row}>
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
