import type { Answer, Request } from '../../http.ts';
import type { Cluster } from '../cluster.ts';
import { isMap, type JsonMap, membersOf, textIn, textOf } from '../json.ts';
import { badRequest, refuse } from '../refusal.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';
import { applyObject } from '../writing/apply.ts';
import { checkPlace } from '../writing/create.ts';
import { decodeObject, mediaTypeOf, parseBody } from '../writing/decode.ts';
import type { Place } from '../writing/manner.ts';
import { updateObject } from '../writing/update.ts';
import { mergePatched } from './merge-patch.ts';
import { mannerOf } from './options.ts';
import { show, shownAs } from './shown.ts';

/** Answers a PATCH: JSON merge patch or server-side apply. */
export const patchObject = (
  cluster: Cluster,
  type: ResourceType,
  place: Place,
  subresource: string,
  request: Request,
): Answer => {
  const shown = shownAs(request.headers['accept'] ?? '');
  switch (mediaTypeOf(request)) {
    case 'application/apply-patch+yaml': {
      const manner = mannerOf(request, 'Patch', { applies: true, subresource });
      const { object, created } = applyObject(cluster, type, place, appliedIn(type, place, request), manner);
      return { status: created ? 201 : 200, json: show(type, object, shown) };
    }
    case 'application/merge-patch+json': {
      const manner = mannerOf(request, 'Patch', { subresource });
      const patch = parseBody(request.body, false);
      if (patch === undefined) return badRequest('invalid JSON patch');
      if (!isMap(patch))
        return badRequest(
          'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
        );
      const object = updateObject(cluster, type, place, manner, (live) => {
        const patched = membersOf(mergePatched(live, patch));
        const name = textOf(membersOf(patched['metadata'])['name']) ?? '';
        if (name !== place.name)
          badRequest(`the name of the object (${name}) does not match the name on the URL (${place.name})`);
        return { object: decodeObject(type, patched) };
      });
      return { status: 200, json: show(type, object, shown) };
    }
    default:
      return unsupportedPatch(type);
  }
};

const unsupportedPatch = (type: ResourceType): never =>
  refuse({
    code: 415,
    reason: 'UnsupportedMediaType',
    ...(type.custom
      ? {
          message:
            'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        }
      : { message: '415: Unsupported Media Type', details: {} }),
  });

/** The object that an apply states, checked for being the one of the path. */
const appliedIn = (type: ResourceType, { namespace, name }: Place, { body }: Request): JsonMap => {
  const applied = body.trimStart().startsWith('{')
    ? (parseBody(body, false) ?? parseBody(body, true))
    : parseBody(body, true);
  if (applied === undefined) return badRequest('error encoding patch: yaml: did not find expected node content');
  if (!isMap(applied)) {
    return badRequest(
      'error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}',
    );
  }
  const [apiVersion, kind] = [textIn(applied, 'apiVersion'), textIn(applied, 'kind')];
  if (apiVersion !== apiVersionOf(type) || kind !== type.kind) {
    badRequest(`invalid object type: ${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`);
  }
  const metadata = membersOf(applied['metadata']);
  const stated = textOf(metadata['name']) ?? '';
  if (stated === '')
    badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (stated !== name) badRequest(`the name of the object (${stated}) does not match the name on the URL (${name})`);
  checkPlace(type, { name: stated, namespace: textOf(metadata['namespace']) ?? '' }, namespace);
  if (metadata['managedFields'] !== undefined) badRequest('metadata.managedFields must be nil');
  return applied;
};
