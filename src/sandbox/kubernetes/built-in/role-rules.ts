import { immutable, required, unsupported } from '../causes.ts';
import { elementsOf, type Json, type JsonMap, membersOf, same, textIn, textOf } from '../json.ts';
import type { Cause } from '../refusal.ts';
import type { Rules } from '../resource-type.ts';

const rbac = 'rbac.authorization.k8s.io';

const isBare = (value: Json | undefined): boolean => elementsOf(value).length === 0;

/** Role and ClusterRole: every rule says what it is about. */
export const roleRules: Partial<Rules> = {
  names: 'path',
  check: (object) =>
    elementsOf(object['rules']).flatMap((element, index) => {
      const rule = membersOf(element);
      const field = `rules[${index}]`;
      const complaints: Cause[] = [];
      if (isBare(rule['verbs'])) complaints.push(required(`${field}.verbs`));
      if (!isBare(rule['nonResourceURLs'])) return complaints;
      if (isBare(rule['apiGroups'])) {
        complaints.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
      }
      if (isBare(rule['resources'])) {
        complaints.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
      }
      return complaints;
    }),
};

/** RoleBinding (`roles`: Role, ClusterRole) and ClusterRoleBinding: whom they bind to what never changes. */
export const bindingRules = (roles: readonly string[]): Partial<Rules> => ({
  names: 'path',
  prepare: (object) => ({
    ...object,
    roleRef: { ...membersOf(object['roleRef']), apiGroup: textOf(membersOf(object['roleRef'])['apiGroup']) || rbac },
    ...(isBare(object['subjects']) ? {} : { subjects: elementsOf(object['subjects']).map(withGroup) }),
  }),
  check: (object, before) => {
    const roleRef = membersOf(object['roleRef']);
    const [group, kind, name] = ['apiGroup', 'kind', 'name'].map((key) => textOf(roleRef[key]) ?? '');
    return [
      ...(group === rbac ? [] : [unsupported('roleRef.apiGroup', group ?? '', [rbac])]),
      ...(roles.includes(kind ?? '') ? [] : [unsupported('roleRef.kind', kind ?? '', roles)]),
      ...(name === '' ? [required('roleRef.name')] : []),
      ...elementsOf(object['subjects']).flatMap((subject, index) => subjectViolations(membersOf(subject), index)),
      ...(before === undefined || same(before['roleRef'], roleRef)
        ? []
        : [immutable('roleRef', { APIGroup: group ?? '', Kind: kind ?? '', Name: name ?? '' })]),
    ];
  },
});

const withGroup = (element: Json): JsonMap => {
  const subject = membersOf(element);
  const isAccount = subject['kind'] === 'ServiceAccount';
  return isAccount || textOf(subject['apiGroup']) ? subject : { ...subject, apiGroup: rbac };
};

const subjectViolations = (subject: JsonMap, index: number): readonly Cause[] => {
  const field = `subjects[${index}]`;
  const nameless = textOf(subject['name']) ? [] : [required(`${field}.name`)];
  const kind = textIn(subject, 'kind');
  switch (kind) {
    case 'ServiceAccount':
      return textOf(subject['namespace']) ? nameless : [...nameless, required(`${field}.namespace`)];
    case 'User':
    case 'Group':
      return nameless;
    default:
      return [unsupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']), ...nameless];
  }
};
