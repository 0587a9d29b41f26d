/** What is wrong at a node: the sentence, what would help, and the button that does it. */
import { Button } from '@mantine/core';
import { Icon } from '../forms/Icon';
import { useFormWords } from '../forms/useFormWords';
import type { Problem } from '../generated/schemas';
import { useSession } from '../session/react';
import { applyMend } from './mend';

export function Mends({ problems }: { readonly problems: readonly Problem[] }) {
  return problems.map((problem, index) => <One key={`${problem.code}${index}`} problem={problem} />);
}

function One({ problem }: { readonly problem: Problem }) {
  const session = useSession();
  const inWords = useFormWords();
  const { mend } = problem;
  return (
    <div className={`mend ${problem.severity}`} role={problem.severity === 'error' ? 'alert' : undefined}>
      <Icon name={problem.severity} />
      <p>
        {inWords(problem.message)} {mend ? null : <span className="muted">{inWords(problem.hint ?? '')}</span>}
      </p>
      {mend ? (
        <Button
          leftSection={<Icon name="wrench" size={13} />}
          onClick={() => session.edit((spec) => applyMend(spec, mend))}
        >
          {inWords(mend.label)}
        </Button>
      ) : null}
    </div>
  );
}
