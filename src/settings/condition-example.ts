/** The condition of examples whose keyword needs one: `if TRUE`, as it stands in the model. */

export const IF_TRUE = {
  isUnless: false,
  alternatives: [
    [
      {
        isNegated: false,
        acl: 'TRUE',
        tests: [
          {
            expression: { fetch: { name: 'always_true', args: {} }, converters: [], text: 'always_true' },
            match: 'bool',
            ignoreCase: false,
            patterns: [],
            patternFiles: [],
            filesIgnoringCase: [],
            filePatterns: [],
            text: 'always_true',
          },
        ],
      },
    ],
  ],
  text: 'if TRUE',
};
