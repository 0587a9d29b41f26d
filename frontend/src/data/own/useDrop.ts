/** Files dropped anywhere in the view of the data go to the server. */
import { type DragEvent, useRef, useState } from 'react';
import { useWorkplace } from '../../session/react';

interface Drop {
  /** True while files are held over the view. */
  readonly isOver: boolean;
  readonly handlers: {
    onDragEnter(event: DragEvent): void;
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files');

export function useDrop(): Drop {
  const { session, page } = useWorkplace();
  const [isOver, setOver] = useState(false);
  /** Enters and leaves come for each element inside. */
  const depth = useRef(0);
  const move = (by: number): void => {
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  };
  return {
    isOver,
    handlers: {
      onDragEnter: (event) => hasFiles(event) && move(1),
      onDragLeave: (event) => hasFiles(event) && move(-1),
      onDragOver: (event) => {
        if (!hasFiles(event)) return;
        // Without this the browser would open the file instead of the page.
        event.preventDefault();
        event.dataTransfer.dropEffect = session.datasets.store.getState().canUpload ? 'copy' : 'none';
      },
      onDrop: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        move(-depth.current);
        if (!session.datasets.store.getState().canUpload) return;
        page.setState({ dataPage: 'own' });
        for (const file of event.dataTransfer.files) void session.uploading.send(file);
      },
    },
  };
}
