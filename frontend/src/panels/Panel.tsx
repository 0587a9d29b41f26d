/** One panel: head, picture or table, and what is said when there is neither. */
import { type KeyboardEvent, type ReactElement, useCallback, useMemo, useRef, useState } from 'react';
import { asForFile } from '../draw/canvas';
import type { Kind } from '../generated/schemas';
import { isOpen } from '../stores/analyses';
import { AnalysisHead, AnalysisIntro, type AnalysisParts, AnalysisSheet } from './analysis/Asking';
import { handOn } from './analysis/handedOn';
import { isQuick } from './analysis/shown';
import { useAnalysis } from './analysis/useAnalysis';
import type { PanelKind } from './catalogue';
import { chosen, type Options, type PanelState as PanelStateValue, type Table } from './drawing';
import { captionedPng, captionedSvg, captionOf, csvOf, type FileFormat, formatsOf, save, saveText } from './export';
import { PanelCorner } from './PanelCorner';
import { type NumberedMark, PanelHead, Segment, Toggle } from './PanelHead';
import { type PanelCommands, PanelMenu } from './PanelMenu';
import { PanelState } from './PanelState';
import { PanelTable } from './PanelTable';
import type { PanelMark, PanelProps } from './props';
import { usePanelDrawing } from './usePanelDrawing';

export interface PlacedPanel {
  readonly kind: PanelKind;
  readonly props: PanelProps;
  readonly options: Options;
  readonly rows: number;
  readonly columns: number;
  readonly isMaximised: boolean;
  readonly isVisible: boolean;
  readonly commands: Omit<PanelCommands, 'save'>;
  readonly onDrop: (id: string) => void;
}

/** Below this width the head has no room for switches (panels.css), and the menu takes them. */
const NARROW = 300;
const NO_TABLE: Table = { columns: [], rows: [] };
const DRAGGED = 'application/x-layerlab-panel';

/** A panel of what is measured, or of what is computed when somebody asks. */
export function Panel(panel: PlacedPanel): ReactElement {
  const { analysis } = panel.kind;
  return analysis ? <AnalysisPanel {...panel} analysis={analysis} /> : <DrawnPanel {...panel} parts={null} />;
}

function AnalysisPanel({ analysis, ...panel }: PlacedPanel & { readonly analysis: Kind }): ReactElement {
  const { props, options, isVisible, commands } = panel;
  const asked = useAnalysis({ kind: analysis, props, options, isVisible });
  const { setOption } = commands;
  return <DrawnPanel {...panel} parts={{ kind: analysis, props, options, setOption, asked }} />;
}

function DrawnPanel({ parts, ...panel }: PlacedPanel & { readonly parts: AnalysisParts | null }): ReactElement {
  const { kind, options, commands, isMaximised } = panel;
  const root = useRef<HTMLElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const meta = useRef<HTMLSpanElement>(null);
  const refs = useMemo(() => ({ root, plot, meta }), []);
  const { shell, drawing, scene } = usePanelDrawing({ ...panel, setOption: commands.setOption }, refs);
  const isTable = options.table === 'on';
  const [isFormOpen, openForm] = useState(false);
  const [isNarrow, setNarrow] = useState(false);
  const hasPicture = shell.state.kind !== 'empty' && shell.state.kind !== 'loading';
  // A panel that is a table of pictures already takes the whole width.
  // A step in slow motion is numbers already.
  const hasBoth =
    kind.shape !== 'step' && isMaximised && !isTable && shell.state.kind === 'ready' && kind.shape !== 'layers';

  const read = useCallback((): Table => {
    const [one, at] = [drawing(), scene()];
    return one && at ? one.table(at) : NO_TABLE;
  }, [drawing, scene]);
  const saveAs = async (format: FileFormat): Promise<void> => {
    const [one, at] = [drawing(), scene()];
    if (!one || !at) return;
    const name = `${kind.id}-step-${root.current?.dataset.step ?? 0}.${format}`;
    if (format === 'csv') return saveText(name, csvOf(one.file?.(at) ?? one.table(at)), 'text/csv');
    const picture = asForFile(() => {
      one.draw(at);
      return one.image?.(format);
    });
    const { inFile } = one.draw(at);
    const said = { ...shell, ...(inFile === undefined ? {} : { inFile }) };
    const text = captionOf(said, meta.current?.textContent ?? '', panel.props.record?.view?.number);
    const caption = { title: kind.title, text };
    const address = (await picture) ?? '';
    save(name, format === 'svg' ? captionedSvg(address, caption) : await captionedPng(address, caption));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented && parts && isComputing(parts)) {
      handOn(parts.kind.kind);
      parts.props.analyses?.cancel(parts.kind.kind);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' && !isMaximised) commands.maximise();
    else if (event.key === 'Escape' && isMaximised) commands.maximise();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const heads = kind.choices.filter((choice) => choice.place === 'head' || (isMaximised && choice.place === 'menu'));
  const feet = kind.choices.filter((choice) => choice.place === 'foot' && (choice.isOffered?.(options) ?? true));
  const marks = marksOf(kind.id, panel.props.marks);
  const toggles = kind.choices.filter((choice) => choice.place === 'toggle');

  return (
    <figure
      ref={root}
      className="panel"
      data-panel={kind.id}
      data-state={shell.state.kind}
      data-maximised={isMaximised || undefined}
      data-asked={parts?.asked.status}
      data-marked={marks.some(({ isActive }) => isActive) || undefined}
      style={{ gridRow: `span ${panel.rows}`, gridColumn: `span ${panel.columns}` }}
      aria-label={kind.title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a panel takes the focus so that Enter maximises it.
      tabIndex={0}
      onKeyDown={onKeyDown}
      onMouseDownCapture={({ target }) => {
        // A chart keeps the press for itself, and the panel would not have the focus that Enter goes to.
        if ((target as Element).closest('.panel-chart')) root.current?.focus({ preventScroll: true });
      }}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDrop={(event) => panel.onDrop(event.dataTransfer.getData(DRAGGED))}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys for the same are Enter and the menu. */}
      <div
        draggable={!isMaximised}
        onDragStart={(event) => event.dataTransfer.setData(DRAGGED, kind.id)}
        onDoubleClick={(event) => isBare(event.target) && commands.maximise()}
      >
        <PanelHead
          title={kind.title}
          drawn={shell}
          marks={marks}
          choices={heads}
          options={options}
          setOption={commands.setOption}
          metaRef={meta}
        >
          {parts && shell.state.kind !== 'inapplicable' && (
            <AnalysisHead
              parts={parts}
              isFormOpen={isFormOpen && hasPicture}
              isFormShown={!isTable && (isFormOpen || !hasPicture)}
              openForm={openForm}
            />
          )}
          <PanelMenu
            title={kind.title}
            choices={kind.choices.filter(({ place }) => place === 'menu' || (isNarrow && place === 'head'))}
            onOpen={() => setNarrow((root.current?.clientWidth ?? 0) < NARROW)}
            options={options}
            isTable={isTable}
            isMaximised={isMaximised}
            formats={formatsOf(kind, options)}
            span={{ rows: panel.rows, columns: panel.columns }}
            commands={{ ...commands, save: (format) => void saveAs(format) }}
          />
        </PanelHead>
      </div>
      <div className="panel-body" data-both={hasBoth || undefined}>
        <div
          className="panel-plot"
          ref={plot}
          data-stale={shell.tag?.tone === 'warning' || undefined}
          data-covered={isTable || (parts !== null && !hasPicture) || undefined}
        />
        {!isTable &&
          canChoose(shell.state) &&
          feet.map((choice) => (
            <div className="panel-corner" key={choice.name}>
              <Segment choice={choice} value={chosen(options, choice)} setOption={commands.setOption} />
            </div>
          ))}
        {!isTable && shell.state.kind === 'ready' && toggles.length > 0 && (
          <fieldset className="panel-toggles" aria-label="Shown">
            {toggles.map((choice) => (
              <Toggle
                key={choice.name}
                choice={choice}
                value={chosen(options, choice)}
                setOption={commands.setOption}
              />
            ))}
          </fieldset>
        )}
        {hasBoth && <PanelTable title={kind.title} read={read} />}
        {isTable ? (
          <PanelTable title={kind.title} read={read} />
        ) : parts && !hasPicture ? (
          <AnalysisIntro parts={parts} />
        ) : (
          <PanelState state={shell.state} onAction={panel.props.onAction} />
        )}
        {parts && hasPicture && shell.state.kind !== 'inapplicable' && isFormOpen && <AnalysisSheet parts={parts} />}
      </div>
      {!isMaximised && <PanelCorner span={{ rows: panel.rows, columns: panel.columns }} resize={commands.resize} />}
    </figure>
  );
}

/** The numbers of a panel, and whether one is told of at this moment. */
const marksOf = (id: string, marks: readonly PanelMark[] = []): readonly NumberedMark[] =>
  marks.flatMap((mark, at) => (mark.panel === id ? [{ number: at + 1, isActive: mark.isActive }] : []));

/** Where there is nothing to show, one may still look at the other view of it. */
const canChoose = (state: PanelStateValue): boolean => state.kind === 'ready' || state.kind === 'nothing_here';

/** True where there is something to cancel. */
const isComputing = ({ kind, asked }: AnalysisParts): boolean => isOpen(asked) && !isQuick(kind);

/** A double click maximises where it hits the head itself, not one of its controls. */
const isBare = (target: EventTarget): boolean => !(target as HTMLElement).closest('button, select, fieldset');
