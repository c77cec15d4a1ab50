import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';

const check = 'certificate';
const lifeSeconds = 60;

/** What decides which certificates can be asked for. */
const roleAnswer = z.object({
  key_type: z.string(),
  no_store: z.boolean(),
  not_after: z.string(),
  allow_any_name: z.boolean(),
  allow_localhost: z.boolean(),
  allow_subdomains: z.boolean(),
  allow_bare_domains: z.boolean(),
  allow_glob_domains: z.boolean(),
  allowed_domains_template: z.boolean(),
  allowed_domains: z.array(z.string()).nullish(),
  cn_validations: z.array(z.string()).nullish(),
});

type Role = z.output<typeof roleAnswer>;

// The private key that comes along is not taken out of the answer.
const issued = z.object({
  certificate: z.string(),
  issuing_ca: z.string(),
  ca_chain: z.array(z.string()).nullish(),
  serial_number: z.string(),
});

/** Issues a certificate that lives for a minute, checks its chain and its name, revokes it and sees that it is revoked. */
export const provePkiRole = async (client: VaultClient, mount: string, name: string): Promise<readonly Probe[]> => {
  const role = await client.read([mount, 'roles', name], roleAnswer);
  if (role === undefined) return [{ is: 'failed', check, expected: 'a role', found: 'none' }];
  const host = nameFor(role);
  if (role.key_type === 'any') return [{ is: 'untried', check, because: 'it only signs requests that bring a key' }];
  if (host === undefined) return [{ is: 'untried', check, because: 'it lets in no name that lab could make up' }];
  const made = await issue(client, [mount, 'issue', name], role, host);
  if ('is' in made) return [made];
  const wrong = faultOf(made, host);
  const proof: Probe =
    wrong === undefined
      ? { is: 'proven', check: `${check}: issued for ${host}, signed by ${signersOf(made)}` }
      : { is: 'failed', check, expected: wrong.expected, found: wrong.found };
  return [proof, await revoke(client, mount, made.serial_number, role)];
};

/** A name that the role lets in: below its first domain that can be used as it is. */
const nameFor = (role: Role): string | undefined => {
  const label = 'lab-verify';
  const domains = (role.allowed_domains ?? []).filter(
    (text) => !(role.allowed_domains_template && text.includes('{{')),
  );
  const [glob] = role.allow_glob_domains ? domains.filter((text) => text.includes('*')) : [];
  const [plain] = domains.filter((text) => !text.includes('*'));
  const validations = role.cn_validations ?? [];
  const mail = validations.length === 1 && validations[0] === 'email' ? `${label}@` : '';
  if (plain !== undefined && role.allow_subdomains) return `${mail}${label}.${plain}`;
  if (plain !== undefined && role.allow_bare_domains) return `${mail}${plain}`;
  if (glob !== undefined) return glob.replaceAll('*', label);
  if (role.allow_any_name) return `${mail}${label}.invalid`;
  return role.allow_localhost ? `${mail}localhost` : undefined;
};

const issue = async (
  client: VaultClient,
  path: readonly string[],
  { not_after: notAfter }: Role,
  host: string,
): Promise<z.output<typeof issued> | Probe> => {
  try {
    // A role that says when all its certificates end takes no ttl.
    const life = notAfter === '' ? { ttl: `${lifeSeconds}s` } : {};
    return await client.ask(path, { common_name: host, ...life }, issued);
  } catch (error) {
    // Who may not ask has learnt nothing of the role.
    if (!(error instanceof LabError) || error.code === 'DENIED' || error.code === 'GUARD') throw error;
    return { is: 'failed', check, expected: `can be issued for ${host}`, found: error.message };
  }
};

interface Fault {
  readonly expected: string;
  readonly found: string;
}

const chainOf = ({
  certificate,
  issuing_ca: issuer,
  ca_chain: chain,
}: z.output<typeof issued>): readonly X509Certificate[] =>
  [certificate, ...(chain == null || chain.length === 0 ? [issuer] : chain)].map((pem) => new X509Certificate(pem));

const faultOf = (made: z.output<typeof issued>, host: string): Fault | undefined => {
  const chain = chainOf(made);
  const [leaf] = chain;
  const unsigned = chain.findIndex((below, index) => {
    const above = chain[index + 1];
    return above !== undefined && !(above.ca && below.checkIssued(above) && below.verify(above.publicKey));
  });
  if (unsigned >= 0) {
    return {
      expected: 'each certificate of the chain signed by the next',
      found: `${subjectOf(chain[unsigned])} is not`,
    };
  }
  const over = chain.find((one) => one.validToDate < new Date());
  if (over !== undefined) return { expected: 'a chain that is valid now', found: `${subjectOf(over)} has ended` };
  const isFor = host.includes('@') ? leaf?.checkEmail(host) : leaf?.checkHost(host);
  return isFor === undefined
    ? { expected: `a certificate for ${host}`, found: leaf?.subjectAltName ?? 'no name' }
    : undefined;
};

const subjectOf = (certificate: X509Certificate | undefined): string =>
  certificate?.subject.replaceAll('\n', ', ') ?? '';

const signersOf = (made: z.output<typeof issued>): string =>
  chainOf(made)
    .slice(1)
    .map((one) => `"${subjectOf(one)}"`)
    .join(', by ');

const storedAnswer = z.object({ revocation_time: z.number() });

const revoke = async (client: VaultClient, mount: string, serial: string, role: Role): Promise<Probe> => {
  const what = `${check} revoked`;
  if (role.no_store) return { is: 'untried', check: what, because: 'the role keeps none (noStore)' };
  try {
    await client.write('POST', [mount, 'revoke'], { serial_number: serial });
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const next = `It ends by itself; \`vault write ${mount}/revoke serial_number=${serial}\` tries again.`;
    return { is: 'failed', check: what, expected: 'can be revoked', found: error.message, next };
  }
  const stored = await client.read([mount, 'cert', serial], storedAnswer);
  return stored !== undefined && stored.revocation_time > 0
    ? { is: 'proven', check: what }
    : { is: 'failed', check: what, expected: 'known as revoked', found: 'still valid to Vault' };
};
