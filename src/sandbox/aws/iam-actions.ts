// What policies call a call of IAM, and what it is done to. Source: "Actions, resources, and condition keys for AWS IAM".

const tagged: Readonly<Record<string, string>> = {
  CreateRole: 'TagRole',
  CreatePolicy: 'TagPolicy',
  CreateUser: 'TagUser',
  CreateOpenIDConnectProvider: 'TagOpenIDConnectProvider',
};

/** The actions that a call takes: to make something with tags is to tag it, too. */
export const actionsIn = (form: URLSearchParams): readonly string[] => {
  const action = form.get('Action') ?? '';
  const tag = form.has('Tags.member.1.Key') ? tagged[action] : undefined;
  return [action, ...(tag === undefined ? [] : [tag])].map((name) => `iam:${name}`);
};

/** The ARN of what a call is about; `*` for those about nothing in particular. */
export const iamResource = (form: URLSearchParams, account: string): string => {
  const arn = (path: string): string => `arn:aws:iam::${account}:${path}`;
  const named = (field: string, type: string): string | undefined => {
    const name = form.get(field);
    return name === null ? undefined : arn(`${type}/${name}`);
  };
  const issuer = form.get('Url')?.replace(/^https:\/\//, '');
  return (
    named('RoleName', 'role') ??
    named('UserName', 'user') ??
    form.get('OpenIDConnectProviderArn') ??
    (issuer === undefined ? undefined : arn(`oidc-provider/${issuer}`)) ??
    form.get('PolicyArn') ??
    named('PolicyName', 'policy') ??
    '*'
  );
};
