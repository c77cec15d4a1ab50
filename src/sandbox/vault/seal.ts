import { type Content, furnish, newShares } from './content.ts';
import { forget, type Plain, sealStatus, type Unsealing } from './health.ts';
import { encryption } from './pgp.ts';
import { type Result, refused } from './result.ts';
import { sealComplaint, shareIn, wrongShares } from './shares.ts';
import { issueRoot } from './tokens.ts';

/** Makes a Vault out of empty storage, sealed. Shares as hex. */
export const initialise = (content: Content, shares: number, threshold: number, rootToken?: string) => {
  const keys = newShares(shares);
  furnish(content);
  content.seal = { shares: keys, threshold };
  content.state = 'sealed';
  return { keys, rootToken: issueRoot(content, rootToken).id };
};

/** `PUT sys/init`. Answers the shares and the root token, once; encrypted where it is given keys. */
export const init = async (content: Content, body: Readonly<Record<string, unknown>>): Promise<Plain | Result> => {
  if (content.state !== 'uninitialised') return refused(400, 'Vault is already initialized');
  const odd = ['secret_shares', 'secret_threshold'].find(
    (name) => !['number', 'undefined'].includes(typeof body[name]),
  );
  if (odd !== undefined) {
    return refused(
      400,
      `failed to parse JSON input: json: cannot unmarshal ${typeof body[odd]} into Go struct field InitRequest.${odd} of type int`,
    );
  }
  const [shares, threshold] = [Number(body['secret_shares'] ?? 0), Number(body['secret_threshold'] ?? 0)];
  if ('recovery_shares' in body || 'recovery_threshold' in body) {
    return refused(400, 'parameters recovery_shares,recovery_threshold not applicable to seal type shamir');
  }
  const complaint = sealComplaint(shares, threshold);
  if (complaint !== undefined) return refused(400, `invalid seal configuration: ${complaint}`);
  const asked = await encryption(body, shares);
  if (typeof asked === 'string') return refused(400, asked);
  // Meanwhile somebody else may have been first.
  if (content.state !== 'uninitialised') return refused(400, 'Vault is already initialized');
  const { keys, rootToken } = initialise(content, shares, threshold);
  const encrypted = await asked.shares(keys);
  return {
    status: 200,
    json: {
      keys: encrypted.map((bytes) => bytes.toString('hex')),
      keys_base64: encrypted.map((bytes) => bytes.toString('base64')),
      root_token: await asked.root(rootToken),
    },
  };
};

/** `PUT sys/unseal`: takes one share; the last that is needed unseals, or shows that one was wrong. */
export const unseal = (
  content: Content,
  unsealing: Unsealing,
  body: Readonly<Record<string, unknown>>,
): Plain | Result => {
  if (body['reset'] === true) {
    forget(unsealing);
    return sealStatus(content, unsealing);
  }
  const share = shareIn(body, ", or 'reset' set to true");
  if (typeof share !== 'string') return share;
  if (content.seal === undefined) return refused(400, 'Vault is not initialized');
  if (share.length < 32) return refused(400, 'invalid key: key is shorter than minimum 16 bytes');
  if (content.state !== 'sealed') return sealStatus(content, unsealing);

  if (unsealing.nonce === '') unsealing.nonce = crypto.randomUUID();
  unsealing.given.add(share);
  if (unsealing.given.size < content.seal.threshold) return sealStatus(content, unsealing);
  const { shares } = content.seal;
  const right = [...unsealing.given].every((given) => shares.includes(given));
  forget(unsealing);
  if (!right) {
    return refused(400, `unable to retrieve stored keys: ${wrongShares('shamir')}`);
  }
  content.state = 'active';
  return sealStatus(content, unsealing);
};
