/** One version of a secret's value. */
export interface Version {
  readonly text?: string;
  /** Base64. */
  readonly bytes?: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  stages: string[];
}

/** One secret. Times in seconds since 1970. */
export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  description?: string;
  kmsKeyId?: string;
  readonly createdAt: number;
  changedAt: number;
  /** When its deletion was asked for, and from when on it may be carried out. */
  deletion?: { readonly askedAt: number; readonly dueAt: number };
  readonly tags: Record<string, string>;
  readonly versions: Record<string, Version>;
}

/** One OIDC provider of IAM. */
export interface StoredProvider {
  readonly arn: string;
  /** Without https://. */
  readonly url: string;
  audiences: string[];
  readonly createdAt: number;
  readonly tags: Record<string, string>;
}

/** One role of IAM. */
export interface StoredRole {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  /** The trust policy, as it was sent. */
  trust: string;
  description: string;
  maxSession: number;
  readonly createdAt: number;
  readonly tags: Record<string, string>;
  /** ARNs of the policies attached to it. */
  attached: string[];
}

/** One managed policy of IAM. */
export interface StoredPolicy {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly createdAt: number;
  readonly tags: Record<string, string>;
  /** What it says, as it was sent, by `v1`, `v2`, … */
  readonly versions: Record<string, { readonly text: string; readonly createdAt: number }>;
  /** The version in force. */
  current: string;
  /** How many versions there have ever been. */
  count: number;
}

/** One user of IAM. The secrets of its keys are not kept: signatures are not verified. */
export interface StoredUser {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Record<string, string>;
  readonly keys: Record<string, { readonly createdAt: number }>;
  /** ARNs of the policies attached to it. */
  attached: string[];
}

/** IAM, which has no regions: providers and policies by ARN, roles and users by name. */
export interface IamContent {
  readonly providers: Record<string, StoredProvider>;
  readonly roles: Record<string, StoredRole>;
  readonly policies: Record<string, StoredPolicy>;
  readonly users: Record<string, StoredUser>;
}

/** Everything that the sandbox's AWS keeps: secrets by region and name, and IAM. JSON, so that it can lie on disk. */
export interface Content {
  readonly regions: Record<string, Record<string, StoredSecret>>;
  /** Absent in files that are older than it. */
  iam?: IamContent;
}

/** An account with nothing in it. */
export const emptyContent = (): Content => ({ regions: {} });

/** IAM's part of the content, made when it is first asked for. */
export const iamOf = (content: Content): IamContent =>
  (content.iam ??= { providers: {}, roles: {}, policies: {}, users: {} });

/** A record's own entry: never one that every object inherits. */
export const entryOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Now, as AWS counts. */
export const seconds = (): number => Date.now() / 1000;
