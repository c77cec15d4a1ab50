import { beforeAll, describe, expect, test } from 'vitest';
import type { Change, Plan } from '../../src/engine/change.ts';
import type { Connection } from '../../src/engine/provider.ts';
import type { KindFacts, Resource } from '../../src/engine/resource.ts';
import { secret } from '../../src/secrets/secret.ts';
import { memoryStore } from './memory-store.ts';
import { applyAll, type Bench, deskFrom, plan } from './world.ts';

/** What the suite needs to know of a kind. */
export interface KindCase {
  /** Opens the connections that the kinds need, in the order of their providers in `kinds`. */
  readonly connect: () => Promise<readonly Connection[]>;
  readonly kinds: readonly KindFacts[];
  /** The resource under test, last; what it needs before it. */
  readonly example: readonly Resource[];
  /** The same address with another spec. */
  readonly changed: Resource;
  /** Field paths that differ between example and changed. */
  readonly changes: readonly string[];
  /** The example without an optional field that it sets, and the path of that field, where the kind has one. */
  readonly without?: { readonly resource: Resource; readonly field: string };
  /** Fields that this server does not know, and which the case leaves out. */
  readonly lacks?: readonly string[];
  /** Values that may not show up anywhere. */
  readonly env?: Readonly<Record<string, string>>;
  /** Something that a stranger adds to the object, and whether it is still there. */
  readonly stranger?: { readonly add: () => Promise<void>; readonly isThere: () => Promise<boolean> };
}

/** What every kind must do, on every server that it meets: real ones and our own sandbox. */
export const describeKind = (name: string, kindCase: () => Promise<KindCase>): void => {
  describe(`${name} keeps the contract`, () => {
    let given: KindCase;
    let bench: Bench;
    const subject = (): Resource => {
      const last = given.example.at(-1);
      if (last === undefined) throw new Error('the case has no example');
      return last;
    };
    const around = (): readonly Resource[] => given.example.slice(0, -1);
    const changeOf = (made: Plan): Change => {
      const found = made.changes.find((change) => change.address === subject().address);
      if (found === undefined)
        throw new Error(`${subject().address} is not in the plan: ${JSON.stringify(made.diagnostics)}`);
      return found;
    };
    // A change of what cannot be changed in place replaces it, and one-way steps are taken: both are asked for here.
    const applied = (resources: readonly Resource[]) =>
      applyAll(bench, resources, {
        allowDataLoss: true,
        allowIrreversible: new Set(resources.map(({ address }) => address)),
      });
    const found = () => {
      const facts = given.kinds.find(({ kind }) => kind === subject().kind);
      const id = facts?.identify(subject().parts, subject().spec) ?? [];
      const providers = [...new Set(given.kinds.map(({ kind }) => kind.slice(0, kind.indexOf('.'))))];
      const connection = bench.connections[providers.indexOf(subject().kind.slice(0, subject().kind.indexOf('.')))];
      return { kind: connection?.kind(subject().kind), id, fields: Object.keys(facts?.schema.shape ?? {}) };
    };
    const planned = async (last: Resource) => plan(bench, [...around(), last]);

    beforeAll(async () => {
      given = await kindCase();
      bench = {
        kinds: given.kinds,
        connections: await given.connect(),
        store: memoryStore(),
        desk: deskFrom(given.env ?? {}, async (value) => secret(value)),
        name: 'contract',
      };
    });

    test('is absent before it is written, and the plan creates it', async () => {
      expect(changeOf(await planned(subject()))).toMatchObject({ actions: ['create'], standing: { is: 'planned' } });
    });

    test('is there after apply, and the next plan has nothing to do', async () => {
      const result = await applied(given.example);
      expect({ failed: result.failed, diagnostics: result.diagnostics }).toEqual({ failed: [], diagnostics: [] });
      const again = await planned(subject());
      expect(again.summary).toMatchObject({
        create: 0,
        update: 0,
        blocked: 0,
        deferred: 0,
        none: given.example.length,
      });
    });

    test('a second apply sends no write at all', async () => {
      const before = bench.connections.map((connection) => connection.writes());
      await applied(given.example);
      expect(bench.connections.map((connection) => connection.writes())).toEqual(before);
    });

    test('leaves what a stranger added alone', async () => {
      if (given.stranger === undefined) return expect(given.stranger).toBeUndefined();
      await given.stranger.add();
      expect(changeOf(await planned(subject())).actions).toEqual(['none']);
      await applied([...around(), given.changed]);
      expect(await given.stranger.isThere()).toBe(true);
      await applied(given.example);
      expect(await given.stranger.isThere()).toBe(true);
    });

    test('reaches a changed spec, and names exactly the fields that change', async () => {
      const change = changeOf(await planned(given.changed));
      expect(change.fields.map((field) => field.path).toSorted()).toEqual([...given.changes].toSorted());
      const result = await applied([...around(), given.changed]);
      expect(result.diagnostics).toEqual([]);
      expect(changeOf(await planned(given.changed)).actions).toEqual(['none']);
    });

    test('resets a field that leaves the manifest', async () => {
      if (given.without === undefined) return expect(given.without).toBeUndefined();
      await applied(given.example);
      const change = changeOf(await planned(given.without.resource));
      const paths = change.fields.map((field) => field.path);
      expect(paths).toContain(given.without.field);
      expect(new Set(paths).size).toBe(paths.length);
      const result = await applied([...around(), given.without.resource]);
      expect(result.diagnostics).toEqual([]);
      expect(changeOf(await planned(given.without.resource)).actions).toEqual(['none']);
    });

    test('has no field that its server does not know', async () => {
      const { kind, id, fields } = found();
      const { lacks = [] } = given;
      const known = lacks.length === 0 ? { is: 'known' } : { is: 'unknown', fields: lacks, by: expect.any(String) };
      expect(await kind?.recognises(id, fields)).toEqual(known);
    });

    test('finishes a write that was begun and never ended', async () => {
      const session = await bench.store.open('apply');
      const record = session.state.records.find((candidate) => candidate.address === subject().address);
      if (record === undefined) throw new Error('there is no record to begin again');
      await session.append({ step: 'begin', record, action: 'update', plan: '' });
      const result = await applied(given.example);
      expect(result.diagnostics).toEqual([]);
      const state = await bench.store.load();
      expect(state?.records.find((candidate) => candidate.address === subject().address)?.status).toBe('done');
    });

    test('shows no secret in plan or state', async () => {
      const seen = JSON.stringify([await planned(given.changed), await bench.store.load()]);
      for (const value of Object.values(given.env ?? {})) expect(seen).not.toContain(value);
    });

    test('can be removed twice, and is absent then', async () => {
      const { kind, id } = found();
      await kind?.remove(id);
      await kind?.remove(id);
      const change = changeOf(await planned(subject()));
      expect(change).toMatchObject({ missing: true });
      // What is kept for a while may be taken back instead.
      expect([['create'], ['recover']]).toContainEqual(change?.actions);
    });
  });
};
