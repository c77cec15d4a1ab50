import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLab, type Taken } from './lab-run.ts';
import { data, namespace } from './objects.ts';
import { type Row, timeRow } from './table.ts';

const [few, many] = [1000, 10_000];

/** Apply and idle plan of ten times as many objects, in the sandbox: whether anything grows faster than the manifest. */
export const tenTimesAsMany = async (): Promise<readonly Row[]> => {
  const [small, large] = [await measure(few), await measure(many)];
  const compare = (what: string, of: (taken: Measured) => number): Row =>
    timeRow(`${what}, ${many} objects in the sandbox`, of(large), `${few} objects`, of(small));
  return [
    compare('first apply', ({ applied }) => applied.ms),
    compare('idle plan', ({ planned }) => planned.ms),
    {
      what: `peak memory of that plan, sandbox included`,
      measured: `${large.planned.memory.toFixed(0)} MiB`,
      against: `${few} objects, ${small.planned.memory.toFixed(0)} MiB`,
      ratio: (large.planned.memory / small.planned.memory).toFixed(2),
    },
  ];
};

interface Measured {
  readonly applied: Taken;
  readonly planned: Taken;
}

const measure = async (count: number): Promise<Measured> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-'));
  try {
    const maps = Array.from({ length: count }, (_, index) => [
      `kubernetes.config-map/${namespace}/map-${index}`,
      { data },
    ]);
    const manifest = {
      apiVersion: 'lab/v1',
      name: 'scale',
      cluster: { context: 'sandbox' },
      resources: { [`kubernetes.namespace/${namespace}`]: {}, ...Object.fromEntries(maps) },
    };
    await writeFile(join(folder, 'lab.yaml'), JSON.stringify(manifest));
    const lab = (...words: readonly string[]) => runLab([...words, '--sandbox', '-f', folder], { HOME: folder });
    const applied = await lab('apply');
    return { applied, planned: await lab('plan', '--detailed-exitcode') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
