/** How a table is written: found by the server, and asked for otherwise where that is wrong. */
import { useState } from 'react';
import type { TableForm, Upload } from '../../generated/schemas';
import { useWorkplace } from '../../session/react';
import { Refused } from '../../wire/rest';
import { choose } from '../choose/choosing';
import { keptFields } from './read/columns';
import type { Reading } from './useReading';

export interface FormState {
  /** What is asked for; the rest is as it is found. */
  readonly asked: TableForm;
  readonly isBusy: boolean;
  /** Why it cannot be read like that. */
  readonly problem: string | null;
  set(change: Partial<TableForm>): void;
  /** As it is found, all of it. */
  reset(): void;
}

export const AS_FOUND: TableForm = { delimiter: null, decimal: null, has_names: null, types: {} };

export function useForm(upload: Upload, reading: Reading): FormState {
  const workplace = useWorkplace();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const read = async (form: TableForm): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { session } = workplace;
      const made = await session.datasets.readOtherwise(upload.id, form);
      const params = keptFields(made, reading.params);
      if (reading.isInUse && !(await choose(workplace, made.name, { dataset: made.dataset, params }))) return;
      session.uploading.store.setState({ shown: made.id });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const first = error.problems[0];
      setProblem([first?.message ?? error.message, first?.hint].filter(Boolean).join(' '));
    } finally {
      setBusy(false);
    }
  };
  return {
    asked: upload.asked,
    isBusy,
    problem,
    set: (change) => void read(withChange(upload, change)),
    reset: () => void read(AS_FOUND),
  };
}

/** Other names make other columns, so that types that were asked for are forgotten. */
function withChange({ asked }: Upload, change: Partial<TableForm>): TableForm {
  const types = change.types ?? (change.has_names === undefined && change.delimiter === undefined ? asked.types : {});
  return { ...asked, ...change, types };
}
