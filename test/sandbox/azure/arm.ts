import { z } from 'zod';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { askToken, type Exchange, send } from './sandbox.ts';

export const subscription = '7c1e0000-0000-0000-0000-000000000002';
export const management = 'https://management.azure.com';

const versions = {
  resources: '2025-04-01',
  keyVault: '2026-02-01',
  identities: '2024-11-30',
  authorization: '2022-04-01',
  clusters: '2025-10-01',
} as const;

/** Calls of Azure Resource Manager below the sandbox's subscription, as its owner. */
export type Arm = (method: string, path: string, version: keyof typeof versions, body?: unknown) => Promise<Exchange>;

/** Logs in, and answers how to call Azure Resource Manager with the token. */
export const armOf = async (box: AzureSandbox, form: Record<string, string> = {}): Promise<Arm> => {
  const { body } = await askToken(box, { scope: `${management}/.default`, ...form });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(body);
  return (method, path, version, json) => {
    const url = new URL(`${management}/subscriptions/${subscription}${path}`);
    url.searchParams.set('api-version', versions[version]);
    return send(box, method, url.href, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  };
};

/** Ids of built-in roles. */
export const roles = {
  user: '4633458b-17de-408a-b874-0445c86b69e6',
  officer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
} as const;
