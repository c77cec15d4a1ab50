import { invalid } from '../causes.ts';
import { builtInType, type Cluster, timestamp } from '../cluster.ts';
import { elementsOf, type JsonMap, membersOf, textOf } from '../json.ts';
import { writeOwners } from '../ownership/managers.ts';
import { trackUpdate } from '../ownership/track.ts';
import { badRequest, notFound, refuseInvalid } from '../refusal.ts';
import { anything } from '../schema/schema.ts';
import { type Attempt, authorize, grantsOf } from './authorize.ts';
import { issuer, issueToken, reviewToken, type User } from './tokens.ts';

/** One question that is posted like an object and answered at once; nothing is stored. */
export interface Question {
  readonly cluster: Cluster;
  readonly user: User;
  readonly body: JsonMap;
  /** The field manager that the answer names. */
  readonly manager: string;
}

/** A type that can only be posted. */
export interface ReviewType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly answer: (question: Question) => JsonMap;
}

const authentication = 'authentication.k8s.io';
const authorization = 'authorization.k8s.io';

const row = (group: string, kind: string, answer: (question: Question) => JsonMap): ReviewType => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: kind.startsWith('Local'),
  answer: (question) => ({ kind, apiVersion: `${group}/v1`, ...answer(question) }),
});

/** The questions that the server answers. */
export const reviewTypes: readonly ReviewType[] = [
  row(authentication, 'SelfSubjectReview', ({ user }) => ({
    metadata: { creationTimestamp: timestamp() },
    status: { userInfo: userInfo(user) },
  })),
  row(authentication, 'TokenReview', (question) => {
    const { token, audiences } = specOf(question);
    if (!token) badRequest('token is required for TokenReview in authentication');
    const asked = elementsOf(audiences).map(String);
    const verdict = reviewToken(question.cluster, textOf(token) ?? '', asked.length === 0 ? [issuer] : asked);
    const status =
      'error' in verdict
        ? { user: {}, error: verdict.error }
        : { authenticated: true, user: userInfo(verdict.user), audiences: verdict.audiences };
    return { ...questionOf(question, authentication), status };
  }),
  row(authorization, 'SelfSubjectAccessReview', (question) => {
    return { ...questionOf(question, authorization), status: accessOf(question, question.user) };
  }),
  ...['LocalSubjectAccessReview', 'SubjectAccessReview'].map((kind) =>
    row(authorization, kind, (question) => {
      const { user, groups, uid } = specOf(question);
      const subject = { name: textOf(user) ?? '', groups: elementsOf(groups).map(String), uid: textOf(uid) ?? '' };
      return { ...questionOf(question, authorization), status: accessOf(question, subject) };
    }),
  ),
  row(authorization, 'SelfSubjectRulesReview', ({ cluster, user, body }) => {
    const namespace = textOf(membersOf(body['spec'])['namespace']);
    if (!namespace) return badRequest('no namespace on request');
    const rules = grantsOf(cluster, user, namespace).map(({ rule }) => rule);
    return {
      metadata: {},
      spec: {},
      status: {
        resourceRules: rules.filter((rule) => rule['nonResourceURLs'] === undefined || rule['resources'] !== undefined),
        nonResourceRules: rules.filter((rule) => rule['nonResourceURLs'] !== undefined),
        incomplete: false,
      },
    };
  }),
];

const specOf = ({ body }: Question): JsonMap => membersOf(body['spec']);

const userInfo = ({ name, uid, groups, extra }: User): JsonMap => ({
  username: name,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
});

const accessOf = ({ cluster, body }: Question, user: User): JsonMap => {
  const { resourceAttributes, nonResourceAttributes } = membersOf(body['spec']);
  const { allowed, reason } = authorize(
    cluster,
    user,
    attemptOf(membersOf(resourceAttributes), membersOf(nonResourceAttributes)),
  );
  return { allowed, ...(reason === '' ? {} : { reason }) };
};

const attemptOf = (resource: JsonMap, path: JsonMap): Attempt => {
  const text = (key: string) => textOf(resource[key]) ?? '';
  if (textOf(path['path']) !== undefined) return { verb: textOf(path['verb']) ?? '', path: textOf(path['path']) ?? '' };
  return {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  };
};

/** The question as it comes back, with who asked it as the owner of its fields. */
const questionOf = (question: Question, group: string): JsonMap => {
  const spec = specOf(question);
  return { metadata: { managedFields: ownersOf(spec, group, question.manager) }, spec };
};

const ownersOf = (spec: JsonMap, group: string, manager: string, subresource?: string) => {
  const by = {
    manager,
    operation: 'Update' as const,
    apiVersion: `${group}/v1`,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const write = { schema: anything, live: { spec: {} }, owners: new Map(), by, now: timestamp() };
  return writeOwners(trackUpdate(write, { spec }).owners);
};

/** Answers a TokenRequest for a service account. Throws 404 and 422. */
export const requestToken = ({ cluster, body, manager }: Question, namespace: string, name: string): JsonMap => {
  const missing = { group: '', plural: 'serviceaccounts', kind: 'ServiceAccount', name };
  const account = cluster.storage.get(builtInType('ServiceAccount'), namespace, name) ?? notFound(missing);
  const given = membersOf(body['spec']);
  const seconds = typeof given['expirationSeconds'] === 'number' ? given['expirationSeconds'] : 3600;
  const field = 'spec.expirationSeconds';
  if (seconds < 600) {
    const detail = `may not specify a duration less than 10 minutes`;
    refuseInvalid({ group: authentication, kind: 'TokenRequest', name: '' }, [invalid(field, seconds, detail)]);
  }
  const asked = elementsOf(given['audiences']).map(String);
  const audiences = asked.length === 0 ? [issuer] : asked;
  const owned = { ...(asked.length === 0 ? {} : { audiences }), expirationSeconds: seconds };
  return {
    kind: 'TokenRequest',
    apiVersion: `${authentication}/v1`,
    metadata: {
      name,
      namespace,
      uid: account.metadata.uid ?? '',
      creationTimestamp: timestamp(),
      managedFields: ownersOf(owned, authentication, manager, 'token'),
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: null },
    status: {
      token: issueToken(cluster, account, audiences, seconds),
      expirationTimestamp: new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
  };
};
