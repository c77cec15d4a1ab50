import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, inject, test, vi } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { kubeconfigWith, type Stranger, stranger, temporaryFolder, uniqueName } from '../kubernetes/cluster.ts';
import { type Ran, runLab } from '../story/stage.ts';

vi.setConfig({ testTimeout: 240_000 });

const value = 'the+value/of=the~demo';

/** A folder with the manifest and a configuration folder of its own: what two people, or two runners, do not share. */
interface Machine {
  readonly folder: string;
  readonly lab: (args: readonly string[], env?: Record<string, string>, until?: () => boolean) => Promise<Ran>;
  readonly keyFile: string;
}

let someone: Stranger;
let name: string;
let printed: string[];
beforeEach(async () => {
  someone = await stranger();
  name = uniqueName('prints');
  printed = [];
});

const manifest = (kept: boolean, more: string, kubeconfig: string): string => `apiVersion: lab/v1
name: ${name}
cluster: { context: ${inject('servers').context}, kubeconfig: ${kubeconfig} }
${kept ? `fingerprints: { secret: ${name}-keys/fingerprints }\n` : ''}${more}allowDestroy: true
resources:
  kubernetes.namespace/${name}: {}
  kubernetes.secret/${name}/demo: { data: { password: { env: DEMO } } }
`;

const inCluster = (): string => `state: { backend: kubernetes, namespace: ${name}-state }\n`;

const machine = async (kept = true, state = inCluster(), kubeconfig?: string): Promise<Machine> => {
  const folder = await temporaryFolder();
  const config = join(folder, 'config');
  await mkdir(join(config, 'k8s-lab'), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'lab.yaml'), manifest(kept, state, kubeconfig ?? inject('servers').kubeconfig));
  const around = { PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: config, LAB_REDACT: 'off' };
  return {
    folder,
    keyFile: join(config, 'k8s-lab', 'fingerprint.key'),
    lab: async (args, env = {}, until) => {
      const ran = await runLab(args, { cwd: folder, env: { ...around, ...env }, until });
      printed.push(ran.stdout, ran.stderr);
      return ran;
    },
  };
};

const apply = ['apply', '--auto-approve'];
const withValue = { DEMO: value };

/** What a run came to, with what it said where it went wrong. */
const ended = ({ code, stdout, stderr }: Ran) => (code === 0 ? 0 : `${code}\n${stdout}\n${stderr}`);

const keptKey = async (): Promise<string | undefined> => {
  const found = await someone('GET', `/api/v1/namespaces/${name}-keys/secrets/fingerprints`).catch(() => undefined);
  const { key } = found?.data ?? {};
  return key === undefined ? undefined : Buffer.from(key, 'base64').toString();
};

/** The state document and everything else that lab keeps there, as text. */
const stored = async (): Promise<string> => {
  const { items } = JSON.parse(JSON.stringify(await someone('GET', `/api/v1/namespaces/${name}-state/secrets`)));
  return items
    .flatMap(({ data }: { data: Record<string, string> }) => Object.values(data))
    .map((text: string) => Buffer.from(text, 'base64').toString())
    .join('\n');
};

const unverifiable = async ({ lab }: Machine): Promise<boolean> =>
  JSON.parse((await lab(['plan', '--json'])).stdout).changes.some(
    (change: { unverifiable?: readonly string[] }) => (change.unverifiable ?? []).length > 0,
  );

test('another machine without the value knows it by the key in the cluster, and not without that', async () => {
  const [first, second] = [await machine(), await machine()];
  expect(ended(await first.lab(['plan'], withValue))).toBe(0);
  expect(await keptKey()).toBeUndefined();
  expect(ended(await first.lab(apply, withValue))).toBe(0);
  const key = await keptKey();
  expect(key).toMatch(/^[\w+/]{43}=$/);
  expect(ended(await second.lab(['plan', '--detailed-exitcode']))).toBe(0);
  expect(await unverifiable(second)).toBe(false);
  expect(ended(await second.lab(['drift']))).toBe(0);
  expect(ended(await second.lab(['verify']))).toBe(0);
  expect(ended(await second.lab(apply))).toBe(0);
  expect(await unverifiable(await machine(false))).toBe(true);
  // No machine has a key file, and the key and the value are in no output and not in the state.
  for (const { keyFile } of [first, second]) expect(await readdir(join(keyFile, '..'))).toEqual([]);
  const seen = [...printed, await stored()].join('\n');
  for (const needle of [value, key ?? ''].flatMap((text) => needles(text))) {
    expect(seen.includes(needle) ? needle : '').toBe('');
  }
  // Destroy leaves the key, as the state that needs it stays.
  expect(ended(await first.lab(['destroy', '--auto-approve']))).toBe(0);
  expect(await keptKey()).toBe(key);
});

test('the key file of a machine goes into the Secret, so that nothing becomes unverifiable', async () => {
  const before = await machine(false);
  expect(ended(await before.lab(apply, withValue))).toBe(0);
  const text = (await readFile(before.keyFile, 'utf8')).trim();
  await writeFile(join(before.folder, 'lab.yaml'), manifest(true, inCluster(), inject('servers').kubeconfig));
  expect(await unverifiable(before)).toBe(false);
  expect(await keptKey()).toBeUndefined();
  expect(ended(await before.lab(apply))).toBe(0);
  expect(await keptKey()).toBe(text);
  expect(await unverifiable(await machine())).toBe(false);

  const other = await machine();
  await writeFile(other.keyFile, 'a key of another machine, which is long enough', { mode: 0o600 });
  const ran = await other.lab(apply);
  expect(ended(ran)).toBe(0);
  expect(ran.stderr.match(/is another one than in Secret \S+-keys\/fingerprints, which counts here/g)).toHaveLength(1);
  expect(await unverifiable(other)).toBe(false);
  expect(await keptKey()).toBe(text);
  const given = await other.lab(['plan', '--json'], { LAB_FINGERPRINT_KEY: 'a key that is given, and is long enough' });
  expect(given.stdout).toContain('"unverifiable"');
});

test('a first apply that is killed once the key lies there is finished by another machine with that key', async () => {
  let [first, isKept] = [await machine(), false];
  const watching = new AbortController();
  const watch = (async () => {
    while (!isKept && !watching.signal.aborted) isKept = (await keptKey()) !== undefined;
  })();
  const killed = await first.lab(apply, withValue, () => isKept);
  watching.abort();
  await watch;
  expect(killed.code).toBeNull();
  const key = await keptKey();
  expect(key).toBeDefined();
  first = await machine();
  expect(ended(await first.lab([...apply, '--lock-wait', '2m'], withValue))).toBe(0);
  expect(await keptKey()).toBe(key);
  expect(await unverifiable(await machine())).toBe(false);
});

test('two first applies at once, each with its own state, end with one key', async () => {
  const machines = [await machine(true, ''), await machine(true, '')];
  await Promise.all(machines.map(({ lab }) => lab(apply, withValue)));
  const key = await keptKey();
  expect(key).toBeDefined();
  for (const { keyFile } of machines) expect(await readdir(join(keyFile, '..'))).toEqual([]);
  for (const { lab } of machines) expect(ended(await lab(apply, withValue))).toBe(0);
  expect(await keptKey()).toBe(key);
});

test('while the cluster is away, a plan says so and goes on, and an apply writes nothing without the key', async () => {
  const away = await kubeconfigWith(({ clusters }) => {
    for (const { cluster } of clusters) cluster['server'] = 'https://127.0.0.1:1';
  });
  const { lab } = await machine(true, '', away);
  const plan = await lab(['plan'], withValue);
  expect(plan.stderr).toContain('are unverifiable');
  const applied = await lab(apply, withValue);
  expect(applied.code).toBe(1);
  expect(applied.stderr).toMatch(/lab\.yaml:4:25/);
});
