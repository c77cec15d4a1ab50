import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '../test/servers/control-plane.ts';
import { createRunFolder } from '../test/servers/run-folders.ts';
import { startVault } from '../test/servers/vault.ts';
import { runLab, type Taken } from './lab-run.ts';
import { median } from './median.ts';
import { manifestOf, namespace, objectsNamed } from './objects.ts';
import { rawServers } from './raw.ts';
import { type Row, timeRow } from './table.ts';

const count = 1000;
const runs = 5;
const token = 'bench-token';

const first = `kubernetes.config-map/${namespace}/lab-0`;
const msOf = ({ ms }: Taken): number => ms;

/** Plan and apply of a thousand objects on a real Kubernetes API and a real Vault, against the same calls made raw. */
export const onRealServers = async (): Promise<readonly Row[]> => {
  const servers = await createRunFolder();
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-'));
  try {
    const [cluster, vault] = await Promise.all([
      startControlPlane({ dir: join(servers.dir, 'control-plane') }),
      startVault({ dir: join(servers.dir, 'vault'), mode: { kind: 'dev', rootToken: token } }),
    ]);
    const raw = await rawServers(cluster, { address: vault.address, token });
    await cluster.call({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: JSON.stringify({ metadata: { name: namespace } }),
    });
    const home = join(folder, 'home');
    await mkdir(home);
    await writeFile(join(folder, 'lab.yaml'), manifestOf(objectsNamed('lab', count), cluster.context, vault.address));
    const env = { HOME: home, KUBECONFIG: cluster.kubeconfig, VAULT_ADDR: vault.address, VAULT_TOKEN: token };
    const lab = (...words: readonly string[]) => runLab([...words, '-f', folder], env);

    const written = objectsNamed('raw', count);
    const rawWrites = await raw.write(written);
    const applied = await lab('apply', '--auto-approve');
    const plans: Taken[] = [];
    const smallPlans: Taken[] = [];
    const reads: number[] = [];
    // In turn, so that a slower moment of the machine hits both.
    for (let run = 0; run < runs; run++) {
      reads.push(await raw.read(written));
      plans.push(await lab('plan', '--detailed-exitcode'));
      smallPlans.push(await lab('plan', '--detailed-exitcode', '--target', 'vault.policy/lab-0', '--target', first));
    }
    await raw.close();
    const [plan] = plans;
    const [whole, small, read] = [median(plans.map(msOf)), median(smallPlans.map(msOf)), median(reads)];
    return [
      timeRow(`idle plan, ${count} objects`, whole, 'raw keep-alive reads', read),
      timeRow('the same, less an idle plan of 3 objects', whole - small, 'raw keep-alive reads', read),
      {
        what: 'requests of that plan',
        measured: `${plan?.requests}`,
        against: `raw reads, ${count}`,
        ratio: ((plan?.requests ?? 0) / count).toFixed(2),
      },
      timeRow(`first apply, ${count} objects`, applied.ms, 'raw writes', rawWrites),
      {
        what: 'requests of that apply',
        measured: `${applied.requests}`,
        against: `raw writes, ${count}`,
        ratio: (applied.requests / count).toFixed(2),
      },
    ];
  } finally {
    await servers.remove();
    await rm(folder, { recursive: true, force: true });
  }
};
