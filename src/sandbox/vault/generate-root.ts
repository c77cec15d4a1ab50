import type { Content } from './content.ts';
import type { Plain } from './health.ts';
import { done, type Result, refused } from './result.ts';
import { shareIn, wrongShares } from './shares.ts';
import { issueRoot, randomLetters } from './tokens.ts';

/** A root token that is being made by the hand of whoever has shares. */
export interface RootAttempt {
  now: { readonly nonce: string; readonly otp: string; readonly given: Set<string> } | undefined;
}

type Body = Readonly<Record<string, unknown>>;

const otpLength = 28;

const statusOf = (
  { seal }: Content,
  { now }: RootAttempt,
  more: Readonly<Record<string, unknown>> = { otp_length: otpLength },
): Plain => ({
  status: 200,
  json: {
    nonce: now?.nonce ?? '',
    started: now !== undefined,
    progress: now?.given.size ?? 0,
    required: seal?.threshold ?? 0,
    complete: false,
    encoded_token: '',
    encoded_root_token: '',
    pgp_fingerprint: '',
    otp: '',
    ...more,
  },
});

/** `GET sys/generate-root/attempt` */
export const rootStatus = (content: Content, attempt: RootAttempt): Plain => statusOf(content, attempt);

/** `PUT sys/generate-root/attempt`: answers the pad that the token comes under, once. */
export const beginRoot = (content: Content, attempt: RootAttempt): Plain | Result => {
  if (attempt.now !== undefined) return refused(400, 'root generation already in progress');
  attempt.now = { nonce: crypto.randomUUID(), otp: randomLetters(otpLength), given: new Set() };
  return statusOf(content, attempt, { otp: attempt.now.otp, otp_length: otpLength });
};

/** `DELETE sys/generate-root/attempt` */
export const cancelRoot = (attempt: RootAttempt): Result => {
  attempt.now = undefined;
  return done;
};

/** `PUT sys/generate-root/update`: takes one share; with the last that is needed it answers a root token under the pad. */
export const updateRoot = (content: Content, attempt: RootAttempt, body: Body): Plain | Result => {
  const share = shareIn(body);
  if (typeof share !== 'string') return share;
  if (share.length < 32) return refused(400, 'invalid key: key is shorter than minimum 16 bytes');
  const { now } = attempt;
  if (now === undefined || content.seal === undefined) return refused(400, 'no root generation in progress');
  if (body['nonce'] !== now.nonce) {
    return refused(400, `incorrect nonce supplied; nonce for this root generation operation is "${now.nonce}"`);
  }
  if (now.given.has(share)) return refused(400, 'given key has already been provided during this generation operation');
  now.given.add(share);
  if (now.given.size < content.seal.threshold) return statusOf(content, attempt, { otp_length: 0 });
  const right = [...now.given].every((one) => content.seal?.shares.includes(one));
  const progress = now.given.size;
  now.given.clear();
  if (!right) {
    return refused(
      400,
      `root generation aborted: unable to authenticate: unable to retrieve stored keys: ${wrongShares('shamir')}`,
    );
  }
  attempt.now = undefined;
  const encoded = underPad(issueRoot(content).id, now.otp);
  const made = { nonce: now.nonce, started: true, progress, complete: true };
  return statusOf(content, attempt, { ...made, encoded_token: encoded, encoded_root_token: encoded, otp_length: 0 });
};

const underPad = (token: string, pad: string): string =>
  Buffer.from(Buffer.from(token).map((byte, index) => byte ^ pad.charCodeAt(index)))
    .toString('base64')
    .replace(/=+$/, '');
