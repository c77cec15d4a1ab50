import { z } from 'zod';
import type { GateState } from '../../../engine/gate.ts';
import type { LabError } from '../../../errors.ts';
import type { VaultConfig } from '../config.ts';
import { productOf } from '../product.ts';
import { type Exchange, isTlsFailure } from '../transport.ts';

const healthBody = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  standby: z.boolean(),
  version: z.string(),
  cluster_id: z.string().optional(),
  /** Vault since 1.17; never OpenBao. */
  enterprise: z.boolean().optional(),
});

/** What `GET sys/health` tells about a server that is there. */
export type HealthBody = z.output<typeof healthBody>;

/** How far a Vault has come; only `active` can be worked with. */
export type Health =
  /** Nothing listens, or the name is not known yet. */
  | { readonly class: 'absent'; readonly because: string }
  /** lab is not let through to where it would be. */
  | { readonly class: 'barred'; readonly by: LabError }
  /** Something is there that is no Vault that we may trust. */
  | { readonly class: 'other'; readonly because: string }
  | { readonly class: 'uninitialised' | 'sealed' | 'standby' | 'active'; readonly body: HealthBody };

/** The class of what `GET sys/health` came back with. Statuses: 200 active, 429, 472 and 473 standby, 501, 503. */
export const classify = (exchange: Exchange): Health => {
  if (exchange.outcome === 'failed') return unanswered(exchange);
  const { status } = exchange;
  const parsed = healthBody.safeParse(exchange.body);
  // A load balancer whose Vault has not started yet.
  if (!parsed.success && [502, 503, 504].includes(status)) return { class: 'absent', because: `HTTP ${status}` };
  if (!parsed.success) return { class: 'other', because: `it answers HTTP ${status}, but not as Vault does` };
  return { class: stage(status, parsed.data), body: parsed.data };
};

const unanswered = ({ code, because }: Extract<Exchange, { outcome: 'failed' }>): Health => {
  if (because?.code === 'UNREACHABLE') return { class: 'absent', because: because.message };
  if (because !== undefined) return { class: 'barred', by: because };
  if (!isTlsFailure(code)) return { class: 'absent', because: code };
  return { class: 'other', because: `its certificate is not trusted (${code})` };
};

// The body decides, because proxies and `…code=` parameters change statuses; DR secondaries are told by status alone.
const stage = (status: number, { initialized, sealed, standby }: HealthBody) => {
  if (!initialized || status === 501) return 'uninitialised';
  if (sealed) return 'sealed';
  return standby || [429, 472, 473].includes(status) ? 'standby' : 'active';
};

/** `vault.active`, as far as the manifest expects it. `progress`: how far unsealing has come, or ''. */
export const activeGate = (health: Health, progress: string, config: VaultConfig): GateState => {
  const { address, mode, through } = config;
  switch (health.class) {
    case 'absent':
      if (mode === 'wait') {
        const found = through === undefined ? '' : `: ${health.because}`;
        return { state: 'shut', because: `waits for Vault at ${address}, which this manifest does not deploy${found}` };
      }
      return {
        state: 'broken',
        because: `Vault at ${address} cannot be reached (${health.because})`,
        next: 'Check the address and that Vault runs; if something else deploys it later, set `mode: wait`.',
      };
    case 'barred':
      return {
        state: 'broken',
        because: `Vault at ${address} cannot be reached: ${health.by.message}`,
        code: health.by.code,
        ...nextOf(health.by),
      };
    case 'other':
      return { state: 'broken', because: `${address} is not the Vault that was meant: ${health.because}` };
    case 'uninitialised':
      return { state: 'shut', because: `Vault at ${address} is not initialised` };
    case 'sealed':
      return { state: 'shut', because: `Vault at ${address} is sealed${progress === '' ? '' : ` (${progress})`}` };
    case 'standby':
      return {
        state: 'shut',
        because: `Vault at ${address} is standby, and no active server is known; list them all in vault.servers`,
      };
    case 'active':
      return otherProduct(health.body, config) ?? { state: 'open' };
  }
};

const nextOf = ({ detail: { next } }: LabError): { next?: string } => (next === undefined ? {} : { next });

/** `vault.reachable`: a server is there, whatever its state. */
export const reachableGate = (health: Health, config: VaultConfig): GateState => {
  if (health.class === 'absent' || health.class === 'barred' || health.class === 'other')
    return activeGate(health, '', config);
  return otherProduct(health.body, config) ?? { state: 'open' };
};

const otherProduct = (body: HealthBody, { address, product = 'auto' }: VaultConfig): GateState | undefined => {
  const found = productOf(body);
  if (product === 'auto' || product === found) return undefined;
  return {
    state: 'broken',
    code: 'GUARD',
    because: `${address} is ${found} ${body.version}, and the manifest says product: ${product}`,
    next: 'Correct the address, or vault.product.',
  };
};

/** One line for the plan's head: `vault 1.21.4 at http://127.0.0.1:8200 (active)`. */
export const describeHealth = (health: Health, progress: string, config: VaultConfig): string => {
  const place = placeOf(config);
  switch (health.class) {
    case 'absent':
      return `vault: waiting for ${place}, not reachable yet`;
    case 'barred':
      return `vault: ${place}: ${health.by.message}`;
    case 'other':
      return `vault: ${place}: ${health.because}`;
    case 'uninitialised':
      return `${productOf(health.body)} ${health.body.version} at ${place} (not initialised)`;
    case 'sealed':
    case 'standby':
    case 'active':
      return `${productOf(health.body)} ${health.body.version} at ${place} (${health.class}${progress === '' ? '' : `, ${progress}`})`;
  }
};

/** Where it is, the way that lab takes there, and what the user consented to. */
const placeOf = ({ address, through, plaintext }: VaultConfig): string => {
  const way = through === undefined ? '' : ' through the API server';
  const consent = address.startsWith('http:') && plaintext === 'in-cluster' ? ', plain http in the cluster' : '';
  return `${address}${way}${consent}`;
};
