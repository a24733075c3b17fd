/** The `acl` keyword (manual section 7). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { AclTestModel } from '../keyword/language-model.ts';
import { ANY_PROXY } from './sections.ts';

/** One line of an ACL; lines of one name are alternatives. */
export interface AclLine {
  readonly name: string;
  readonly test: AclTestModel;
}

/** `<criterion> [flags] [operator] <pattern>...` to the end of the line. */
function aclTestArg(): Arg<AclTestModel> {
  return {
    kind: 'rest',
    usage: '<criterion> [ <flags> ] [ <operator> ] <pattern>...',
    isOptional: false,
    schema: { type: 'string' },
    good: [],
    bad: [],
    parse: (words, site) => site.parseAcl(words),
  };
}

export const aclOptions = [
  defineProxyOption({
    name: 'acl',
    key: 'aclLines',
    collect: 'list',
    needsNamedDefaults: true,
    isMap: true,
    comesFirst: true,
    sections: ANY_PROXY,
    summary: 'Names a test that conditions can use.',
    args: { name: arg.name('aclname'), test: aclTestArg() },
    examples: [
      {
        text: 'acl is_api path_beg /api /v1',
        result: {
          name: 'is_api',
          test: {
            expression: { fetch: { name: 'path', args: {} }, converters: [], text: 'path_beg' },
            match: 'beg',
            ignoreCase: false,
            patterns: ['/api', '/v1'],
            patternFiles: [],
            filesIgnoringCase: [],
            filePatterns: [],
            text: 'path_beg /api /v1',
          },
        },
      },
    ],
    value: ({ name, test }): AclLine => ({ name, test }),
  }),
] as const;
