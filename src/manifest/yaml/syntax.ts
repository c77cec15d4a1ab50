import type { ErrorCode } from 'yaml';

// The library's own messages may quote the text, which could be a secret in the wrong place.
const sentences: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) can have no anchor or tag of its own',
  BAD_ALIAS: 'this is not an alias; write *name',
  BAD_DIRECTIVE: 'a manifest needs no %-directive, and this one is not known',
  BAD_DQ_ESCAPE: 'unknown escape in double quotes; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'wrong indentation, or a { or [ before it is not closed',
  BAD_PROP_ORDER: 'an anchor or tag must stand directly before its value',
  BAD_SCALAR_START: 'a plain value cannot start with this character; put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key:" on one line; start a new line, or put the value in quotes',
  BLOCK_IN_FLOW: 'a value of several lines cannot stand inside { } or [ ]',
  KEY_OVER_1024_CHARS: 'this key is longer than 1024 characters',
  MISSING_CHAR: 'a comma, colon, closing quote or bracket is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; is a colon missing after it?',
  MULTIPLE_ANCHORS: 'a value can have one anchor',
  MULTIPLE_TAGS: 'a value can have one tag',
  NON_STRING_KEY: 'a key must be text',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  TAG_RESOLVE_FAILED: 'unknown tag; the only tag is !remove, in an environment',
  UNEXPECTED_TOKEN: 'this does not belong here; check indentation, quotes and brackets before it',
};

/** What is wrong, as a sentence of our own. */
export const syntaxSentence = (code: ErrorCode): string => sentences[code] ?? 'this is not valid YAML';
