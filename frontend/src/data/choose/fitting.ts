/**
 * Another dataset, with a network that fits it. The server is the judge: what it says would mend the network is done,
 * and where that leads nowhere a small network takes its place.
 */
import { applyMend } from '../../editor/mend';
import type { CheckedData, CheckResult, Mend, NodeSpec, Problem, RunSpec } from '../../generated/schemas';
import { withAnswer, withDataset } from '../edits';
import { changesBetween } from './changes';
import { formOf, smallNetwork } from './smallNetwork';

/** A dataset as it is to be trained on. */
export interface Wish {
  readonly dataset: string;
  readonly params: RunSpec['data']['params'];
}

export interface Fitted {
  /** Null where the data cannot be read: then there is nothing to fit to. */
  readonly spec: RunSpec | null;
  /** What becomes different beside the data, each in a few words. */
  readonly changes: readonly string[];
  /** What is still wrong; null where it can be trained. */
  readonly problem: Problem | null;
}

export type Check = (spec: RunSpec) => Promise<CheckResult>;

/** Each mend brings the network nearer or it does not; so many are enough for what can be mended. */
const MOST_MENDS = 8;

/** Asks nothing that the draft would notice: the spec is tried on aside. */
export async function fitted(spec: RunSpec, wish: Wish, check: Check): Promise<Fitted> {
  const moved = withWish(spec, wish);
  const first = await check(moved);
  if (first.ok) return told(spec, moved, first, null);
  if (!first.data) return { spec: null, changes: [], problem: firstError(first) };
  const answering = withAnswer(moved, first.data);
  const mended = await mend(answering, check);
  if (mended) return told(spec, mended, first, null);
  return replaced(spec, moved, first.data, check);
}

/** The spec with the data; a set of the same name keeps how it is split. */
const withWish = (spec: RunSpec, { dataset, params }: Wish): RunSpec => {
  const moved = withDataset(spec, dataset);
  return { ...moved, data: { ...moved.data, params } };
};

/** The spec with every mend that the server offers, one after another; null where that does not make it whole. */
async function mend(spec: RunSpec, check: Check): Promise<RunSpec | null> {
  let tried = spec;
  for (let count = 0; count <= MOST_MENDS; count += 1) {
    const found = await check(tried);
    if (found.ok) return tried;
    const next = found.problems.find((one) => one.severity === 'error')?.mend;
    if (!next || makesNoSense(next)) return null;
    tried = applyMend(tried, next);
  }
  return null;
}

/** Networks that run on such data and were not made for it: the layers that are put first make it so. */
const MAKESHIFT: readonly unknown[] = ['reshape', 'embedding'];

/** Windows of one number, forced shapes, and words before layers that do not read in order. */
function makesNoSense({ field, value }: Mend): boolean {
  const isPutFirst = field === 'insert_before' && MAKESHIFT.includes((value as Partial<NodeSpec> | null)?.kind);
  return isPutFirst || field === 'kernel_size' || field === 'stride';
}

async function replaced(before: RunSpec, moved: RunSpec, data: CheckedData, check: Check): Promise<Fitted> {
  const labelled: RunSpec = { ...moved, data: { ...moved.data, target: 'label' } };
  // With another target the data ask for something else.
  const facts = moved.data.target === 'label' ? data : ((await check(labelled)).data ?? data);
  const small = withAnswer({ ...labelled, graph: smallNetwork(facts) }, facts);
  const found = await check(small);
  const words = `a small network for ${formOf(facts)} takes the place of yours`;
  const changes = [words, ...changesBetween(before, small, { task: facts.task, tellsNetwork: false })];
  return { spec: small, changes, problem: firstError(found) };
}

function told(before: RunSpec, spec: RunSpec, { data }: CheckResult, problem: Problem | null): Fitted {
  return { spec, changes: changesBetween(before, spec, { task: data?.task ?? '', tellsNetwork: true }), problem };
}

const firstError = ({ problems }: CheckResult): Problem | null =>
  problems.find((one) => one.severity === 'error') ?? null;
