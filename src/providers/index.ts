import type { OnlyPort } from '../engine/ports.ts';
import type { Provider } from '../engine/provider.ts';
import type { KindFacts } from '../engine/resource.ts';
import { aws } from './aws/index.ts';
import { azure } from './azure/index.ts';
import { externalSecrets } from './external-secrets/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { vault } from './vault/index.ts';

/** Every system that lab knows. */
export const providers: readonly Provider[] = [kubernetes, externalSecrets, azure, aws, vault];

/** Who offers which capability to the others. */
export const offeredBy: Readonly<Record<OnlyPort, string>> = {
  objects: kubernetes.name,
  tokens: kubernetes.name,
  tunnel: kubernetes.name,
  aks: azure.name,
  eks: aws.name,
};

/** Their kinds by name. */
export const kindsOf = (known: readonly Provider[]): ReadonlyMap<string, KindFacts> =>
  new Map(known.flatMap(({ kinds }) => kinds.map((kind) => [kind.kind, kind] as const)));
