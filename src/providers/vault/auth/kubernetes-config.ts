import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { secretValue } from '../../../engine/fields.ts';
import { liveSecret } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import { isSecret } from '../../../secrets/secret.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { keptForLogin } from '../login/kept.ts';
import { trimSlashes } from '../path.ts';
import { differenceOf } from '../product.ts';
import { inWords, recognising } from '../recognising.ts';
import { may } from '../rights.ts';

const schema = z.strictObject({
  host: z.string().min(1).describe('The Kubernetes API as Vault reaches it, e.g. https://kubernetes.default.svc.'),
  caCert: clearable(z.string(), '').describe(
    "That API's certificate authority as PEM; unset: that of Vault's own pod.",
  ),
  reviewerJwt: secretValue()
    .optional()
    .describe("The token that Vault reviews logins with; unset: that of Vault's own pod, or of whoever logs in."),
  disableLocalCaJwt: clearable(z.boolean(), false).describe(
    "Keeps Vault from using its own pod's token and authority.",
  ),
  issuer: clearable(z.string(), '').describe('The issuer that tokens must name.'),
});

const answer = z.looseObject({
  kubernetes_host: z.string(),
  kubernetes_ca_cert: z.string(),
  disable_local_ca_jwt: z.boolean(),
  issuer: z.string(),
  token_reviewer_jwt_set: z.boolean().optional(),
});

const words = {
  host: 'kubernetes_host',
  caCert: 'kubernetes_ca_cert',
  disableLocalCaJwt: 'disable_local_ca_jwt',
  issuer: 'issuer',
  reviewerJwt: 'token_reviewer_jwt',
};

const configPath = (mount: string): readonly string[] => ['auth', mount, 'config'];

// A name that never resolves (RFC 6761): where removal points what cannot be deleted.
const nowhere = 'https://removed.invalid';

/**
 * How an auth method of type kubernetes reaches the cluster. Every write replaces all of it on the server, so live fields
 * are sent along. Vault cannot delete it before its auth method: removal takes token and, where the server allows it, authority
 * out of it and leaves a host that is nowhere, which counts as absent.
 */
export const kubernetesAuthConfig = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.kubernetes-auth-config',
  parts: [['MOUNT']],
  schema,
  fields: {
    host: { reference: true, destination: true },
    caCert: { reference: true, unset: '' },
    reviewerJwt: { secret: true, writeOnly: true },
    disableLocalCaJwt: { unset: false },
    issuer: { unset: '' },
  },
  ownership: 'whole',
  mark: 'parent',
  writes: 'replace',
  precondition: 're-read',
  identify: ([mount = '']) => [trimSlashes(mount)],
  parent: ([mount = '']) => address('vault.auth-method', mount),
  gates: () => ['vault.active'],
  rights: ([mount = '']) => ({
    plan: may(`auth/${mount}/config`, 'read'),
    apply: may(`auth/${mount}/config`, 'update'),
  }),
  read: async (client, [mount = ''], wanted) => {
    const live = await client.read(configPath(mount), answer);
    if (live === undefined || live.kubernetes_host === nowhere) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        host: live.kubernetes_host,
        caCert: live.kubernetes_ca_cert,
        disableLocalCaJwt: live.disable_local_ca_jwt,
        issuer: live.issuer,
        // Older servers do not tell.
        ...(live.token_reviewer_jwt_set === true ? { reviewerJwt: liveSecret({}) } : {}),
        ...(live.token_reviewer_jwt_set === false && wanted.reviewerJwt !== undefined ? { reviewerJwt: null } : {}),
      },
      outputs: {},
    };
  },
  recognises: recognising(([mount = '']) => configPath(mount), words),
  write: async (client, { id: [mount = ''], spec, removed }) => {
    const { token_reviewer_jwt_set: jwtIsSet, ...live } = { ...(await client.read(configPath(mount), answer)) };
    const jwt = isSecret(spec.reviewerJwt) ? spec.reviewerJwt : undefined;
    if (jwtIsSet === true && jwt === undefined && !removed.includes('reviewerJwt')) {
      throw new LabError('REJECTED', `The reviewer token in auth/${mount}/config would be lost: Vault never shows it`, {
        next: 'Give its value as `reviewerJwt`: every change of this configuration has to send it again.',
      });
    }
    await client.write('POST', configPath(mount), {
      ...(live.kubernetes_host === nowhere ? {} : live),
      ...inWords(words, { ...spec, reviewerJwt: jwt }),
    });
  },
  keep: async (client, id) => keptForLogin(client, 'vault.kubernetes-auth-config', id),
  remove: async (client, [mount = '']) => {
    const live = await client.read(configPath(mount), answer);
    if (live === undefined || live.kubernetes_host === nowhere) return;
    // Vault's own pod may not step in for what is taken out.
    const disabled = { kubernetes_host: nowhere, disable_local_ca_jwt: true };
    if (differenceOf('noAuthority', await client.product())) return client.write('POST', configPath(mount), disabled);
    const { kubernetes_ca_cert } = live;
    await client.write('POST', configPath(mount), {
      ...disabled,
      kubernetes_ca_cert,
      disable_local_ca_jwt: kubernetes_ca_cert !== '',
    });
  },
});
