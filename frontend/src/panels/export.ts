/** Panels as files. */
import type { Table } from './drawing';

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** RFC 4180. */
export function csvOf({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n');
}

/** Gives the reader a file. */
export function save(name: string, address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  save(name, address);
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
