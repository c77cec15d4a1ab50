import { seconds } from './content.ts';
import { type IamOperation, need, providerAt, tagList, taken, time } from './iam-place.ts';
import { listIn, tagsIn } from './query.ts';
import { AwsRefusal } from './refusal.ts';

const arnIn = (form: URLSearchParams): string => need(form, 'OpenIDConnectProviderArn');

export const createProvider: IamOperation = (form, { account, iam }) => {
  const given = need(form, 'Url');
  if (!URL.canParse(given) || new URL(given).protocol !== 'https:') {
    throw new AwsRefusal('InvalidInput', 'Invalid Open ID Connect Provider URL');
  }
  const url = given.replace(/^https:\/\//, '');
  const arn = `arn:aws:iam::${account}:oidc-provider/${url}`;
  if (Object.hasOwn(iam.providers, arn)) throw taken(`Provider with url ${given} already exists.`);
  iam.providers[arn] = { arn, url, audiences: listIn(form, 'ClientIDList'), createdAt: seconds(), tags: tagsIn(form) };
  return { OpenIDConnectProviderArn: arn, Tags: tagList(tagsIn(form)) };
};

export const getProvider: IamOperation = (form, place) => {
  const { url, audiences, createdAt, tags } = providerAt(place, arnIn(form));
  return { Url: url, ClientIDList: audiences, ThumbprintList: [], CreateDate: time(createdAt), Tags: tagList(tags) };
};

export const listProviders: IamOperation = (_form, { iam }) => ({
  OpenIDConnectProviderList: Object.keys(iam.providers).map((Arn) => ({ Arn })),
});

export const addAudience: IamOperation = (form, place) => {
  const provider = providerAt(place, arnIn(form));
  provider.audiences = [...new Set([...provider.audiences, need(form, 'ClientID')])];
  return undefined;
};

export const removeAudience: IamOperation = (form, place) => {
  const provider = providerAt(place, arnIn(form));
  provider.audiences = provider.audiences.filter((audience) => audience !== form.get('ClientID'));
  return undefined;
};

export const tagProvider: IamOperation = (form, place) => {
  Object.assign(providerAt(place, arnIn(form)).tags, tagsIn(form));
  return undefined;
};

export const untagProvider: IamOperation = (form, place) => {
  const { tags } = providerAt(place, arnIn(form));
  for (const name of listIn(form, 'TagKeys')) Reflect.deleteProperty(tags, name);
  return undefined;
};

// AWS takes no notice of one that is gone already. Source: DeleteOpenIDConnectProvider in the API reference of IAM.
export const deleteProvider: IamOperation = (form, { iam }) => {
  Reflect.deleteProperty(iam.providers, arnIn(form));
  return undefined;
};
