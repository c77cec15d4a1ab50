import { AwsRefusal } from './refusal.ts';

/** What AWS is like on a bad day; everything is off by default. */
export interface QuirkOptions {
  /** How many looks of IAM at something new answer that it is not there. */
  readonly staleLooks?: number;
  /** How often STS does not know a role that is new, or whose trust is. */
  readonly staleRoles?: number;
  /** Every n-th call of IAM is one too many. */
  readonly throttleEvery?: number;
}

/** The same, at work: each hook throws what AWS would answer. */
export interface Quirks {
  beforeIam(form: URLSearchParams): void;
  afterIam(form: URLSearchParams, account: string): void;
  /** Whether STS has heard of the role by now. */
  knowsRole(name: string): boolean;
}

export const quirksOf = ({ staleLooks = 0, staleRoles = 0, throttleEvery = 0 }: QuirkOptions = {}): Quirks => {
  const unseen = new Map<string, number>();
  const unknown = new Map<string, number>();
  let calls = 0;
  return {
    beforeIam: (form) => {
      calls += 1;
      if (throttleEvery > 0 && calls % throttleEvery === 0) throw new AwsRefusal('Throttling', 'Rate exceeded');
      const isLook = form.get('Action')?.startsWith('Get') === true;
      const subject = subjectOf(form);
      if (isLook && !takeOne(unseen, subject)) throw new AwsRefusal('NoSuchEntity', `${subject} cannot be found.`, 404);
    },
    afterIam: (form, account) => {
      const action = form.get('Action') ?? '';
      if (staleLooks > 0 && /^Create(Role|User|Policy|OpenIDConnectProvider)$/.test(action)) {
        unseen.set(createdSubject(form, account), staleLooks);
      }
      if (staleRoles > 0 && /^(CreateRole|UpdateAssumeRolePolicy)$/.test(action)) {
        unknown.set(form.get('RoleName') ?? '', staleRoles);
      }
    },
    knowsRole: (name) => takeOne(unknown, name),
  };
};

/** Whether nothing is left of the count, of which this takes one. */
const takeOne = (counts: Map<string, number>, key: string): boolean => {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left === 0;
};

const subjectOf = (form: URLSearchParams): string =>
  form.get('RoleName') ?? form.get('UserName') ?? form.get('PolicyArn') ?? form.get('OpenIDConnectProviderArn') ?? '';

const createdSubject = (form: URLSearchParams, account: string): string => {
  const [policy, url] = [form.get('PolicyName'), form.get('Url')];
  if (policy !== null) return `arn:aws:iam::${account}:policy/${policy}`;
  if (url !== null) return `arn:aws:iam::${account}:oidc-provider/${url.replace(/^https:\/\//, '')}`;
  return form.get('RoleName') ?? form.get('UserName') ?? '';
};
