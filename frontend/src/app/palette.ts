/** What an entry of the palette is. */
import type { IconName } from '../forms/Icon';

export interface PaletteCommand {
  readonly id: string;
  readonly group: string;
  readonly icon: IconName;
  readonly title: string;
  readonly note?: string;
  /** More words that it is found by. */
  readonly words?: string;
  readonly keys?: string;
  readonly effect?: 'live' | 'restarts';
  run(): void;
}
