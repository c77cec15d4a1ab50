import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { stranger as clusterStranger, isThere } from '../kubernetes/cluster.ts';
import { runLab } from '../story/stage.ts';
import { type Fate, openProxy } from './proxy.ts';
import { stranger, uniqueName } from './server.ts';

const manifest = (
  address: string,
  context: string,
  names: { mount: string; namespace: string },
  { ttl, deliver }: { ttl: string; deliver: string },
) => `apiVersion: lab/v1
name: secret-id
cluster: { context: "${context}" }
allowDestroy: true
stores:
  ci: { type: kubernetes, namespace: ${names.namespace}, manage: existing, expose: none }
vault:
  address: "${address}"
  plaintext: loopback
  login: { auth: token, token: { env: VAULT_TOKEN } }
  auth:
    ${names.mount}:
      type: approle
      roles:
        ci:
          policies: [default]
          secretId: { ttl: ${ttl}, renewBefore: 30m, deliver: ${deliver} }
`;

interface Around {
  readonly cwd: string;
  readonly namespace: string;
}

/** Where a SecretID is delivered, and how it is seen there. */
interface Place {
  readonly deliver: string;
  /** What lies there; '' for nothing. */
  readonly value: () => Promise<string>;
  /** What logs in, from what lies there. */
  readonly secretId: (value: string) => Promise<string>;
}

const inSecret = async ({ namespace }: Around): Promise<Place> => {
  const cluster = await clusterStranger();
  const path = `/api/v1/namespaces/${namespace}/secrets/approle`;
  const value = async () => {
    const there = await isThere(cluster, path);
    return there ? Buffer.from((await cluster('GET', path)).data?.['value'] ?? '', 'base64').toString() : '';
  };
  return { deliver: '{ store: ci/approle }', value, secretId: async (there) => there };
};

/** Each token is unwrapped as soon as it is seen: lab does not mind. */
const inFile = async ({ cwd }: Around): Promise<Place> => {
  const unwrapped = new Map<string, string>();
  return {
    deliver: '{ wrapped: machines/ci }',
    value: () => readFile(join(cwd, 'ci', 'machines', 'ci'), 'utf8').catch(() => ''),
    secretId: async (token) => {
      const known =
        unwrapped.get(token) ?? (await stranger('POST', 'sys/wrapping/unwrap', {}, token)).body.data?.secret_id;
      unwrapped.set(token, known);
      return known ?? '';
    },
  };
};

test.each([
  ['a Secret', inSecret],
  ['a file, wrapped', inFile],
] as const)(
  'killed with SIGKILL before and after every call of a delivery into %s, a renewal and their end: what lies there always logs in, and one is alive',
  {
    timeout: 300_000,
  },
  async (_, placeIn) => {
    const { kubeconfig, context, vault } = inject('servers');
    const names = { mount: uniqueName('approle'), namespace: uniqueName('ci') };
    const role = `auth/${names.mount}/role/ci`;
    const cwd = await mkdtemp(join(tmpdir(), 'lab-secret-id-'));
    onTestFinished(() => rm(cwd, { recursive: true, force: true }));

    let [kill, struck] = [false, new Set<string>()];
    const strike = async (moment: string, asked: string): Promise<void> => {
      if (asked.startsWith('GET') || asked.endsWith('/lookup') || struck.has(`${moment} ${asked}`)) return;
      struck.add(`${moment} ${asked}`);
      kill = true;
      await new Promise<never>(() => {});
    };
    const proxy = await openProxy(
      vault.address,
      async (asked): Promise<Fate> => {
        await strike('before', asked);
        return 'pass';
      },
      (asked) => strike('after', asked),
    );
    onTestFinished(proxy.close);

    const printed: string[] = [];
    const lab = async (...words: readonly string[]) => {
      kill = false;
      const ran = await runLab([...words, '-f', 'ci'], {
        cwd,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: cwd,
          XDG_CONFIG_HOME: join(cwd, 'config'),
          LAB_REDACT: 'off',
          KUBECONFIG: kubeconfig,
          VAULT_ADDR: proxy.address,
          VAULT_TOKEN: vault.token,
        },
        until: () => kill,
      });
      printed.push(ran.stdout, ran.stderr);
      return ran;
    };
    await (await clusterStranger())('POST', '/api/v1/namespaces', { metadata: { name: names.namespace } });
    const place = await placeIn({ ...names, cwd });
    const write = async (ttl: string) => {
      await mkdir(join(cwd, 'ci'), { recursive: true });
      const delivery = { ttl, deliver: place.deliver };
      await writeFile(join(cwd, 'ci', 'lab.yaml'), manifest(proxy.address, context, names, delivery));
    };
    const values = new Set<string>();
    const value = async (): Promise<string> => {
      const there = await place.value();
      const secretId = await place.secretId(there);
      for (const text of [there, secretId]) values.add(text);
      return secretId;
    };
    const accessors = async (): Promise<readonly string[]> =>
      (await stranger('GET', `${role}/secret-id?list=true`)).body.data?.keys ?? [];
    const roleId: () => Promise<string> = async () => (await stranger('GET', `${role}/role-id`)).body.data.role_id;
    const logIn = async (secretId: string) =>
      (await stranger('POST', `auth/${names.mount}/login`, { role_id: await roleId(), secret_id: secretId }, ''))
        .status;

    /** Runs a command, killed at every call that it has not been killed at, until it is through. */
    const through = async (words: readonly string[], between: () => Promise<void>): Promise<number> => {
      struck = new Set();
      for (let kills = 0; ; kills++) {
        const ran = await lab(...words);
        if (ran.code === 0) return kills;
        expect({ code: ran.code, errors: ran.code === null ? '' : ran.stdout + ran.stderr }).toEqual({
          code: null,
          errors: '',
        });
        await between();
      }
    };

    await write('2h');
    expect(await through(['apply', '--auto-approve'], async () => {})).toBeGreaterThan(4);
    const first = await value();
    expect(await logIn(first)).toBe(200);
    expect(await accessors()).toHaveLength(1);
    expect((await lab('plan', '--detailed-exitcode')).code).toBe(0);
    expect(JSON.parse((await lab('apply', '--auto-approve', '--json')).stdout)).toMatchObject({ writes: 0, done: [] });

    await write('3h');
    const renewed = await through(['apply', '--auto-approve'], async () => {
      expect(await logIn(await value())).toBe(200);
    });
    expect(renewed).toBeGreaterThan(3);
    expect([...struck].filter((one) => one.endsWith('/destroy'))).toHaveLength(2);
    const second = await value();
    expect(second).not.toBe(first);
    expect([await logIn(first), await logIn(second)]).toEqual([400, 200]);
    expect(await accessors()).toHaveLength(1);
    expect((await lab('plan', '--detailed-exitcode')).code).toBe(0);

    const files = (await readdir(cwd, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !(entry.name === 'ci' && entry.parentPath.endsWith('machines')),
    );
    const written = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
    const all = [...printed, ...written].join('\n');
    expect(values.size).toBeGreaterThan(1);
    for (const secretId of values) expect(all).not.toContain(secretId);

    await through(['destroy', '--auto-approve', '--allow-data-loss'], async () => {});
    expect(await place.value()).toBe('');
    expect(await accessors()).toEqual([]);
  },
);
