import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCE = join(process.cwd(), 'src');
const STYLES = join(process.cwd(), 'node_modules/@mantine/core/styles');

it('brings the styles of every part of Mantine that is used: without them a part has no size and no colour', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf-8' }).filter((name) => name.endsWith('.tsx'));
  const listed = files.flatMap((name) =>
    [...readFileSync(join(SOURCE, name), 'utf-8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].map(
      (found) => found[1] ?? '',
    ),
  );
  const used = new Set(listed.flatMap((names) => names.split(',').map((name) => name.trim())));
  const brought = readFileSync(join(SOURCE, 'app/mantine.ts'), 'utf-8');
  const styled = readdirSync(STYLES).flatMap((name) => /^(\w+)\.layer\.css$/.exec(name)?.[1] ?? []);
  expect(styled).toContain('Skeleton');
  expect(used).toContain('Skeleton');
  expect(styled.filter((name) => used.has(name) && !brought.includes(`/${name}.layer.css`))).toEqual([]);
});
