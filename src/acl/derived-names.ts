/**
 * Names that only ACLs have: a fetch together with the match method they imply, such as `path_beg` (manual
 * section 7.1). In an ACL they come before fetches of the same name: `hdr(host)` is the request's header there.
 */

export interface AclCriterion {
  readonly fetch: string;
  readonly match: string;
}

/** Names that take all suffixes, and the fetch behind each. */
const FAMILIES: { readonly [name: string]: string } = {
  base: 'base',
  cook: 'req.cook',
  hdr: 'req.hdr',
  path: 'path',
  scook: 'res.cook',
  shdr: 'res.hdr',
  url: 'url',
  urlp: 'urlp',
};
const SUFFIXES = ['beg', 'dir', 'dom', 'end', 'len', 'reg', 'sub'] as const;

/** Names that stand alone. */
const SINGLES: { readonly [name: string]: AclCriterion } = {
  http_auth_group: { fetch: 'http_auth_group', match: 'str' },
  method: { fetch: 'method', match: 'str' },
  payload: { fetch: 'req.payload', match: 'bin' },
  payload_lv: { fetch: 'req.payload_lv', match: 'bin' },
  'req.ssl_ver': { fetch: 'req.ssl_ver', match: 'int' },
  req_rdp_cookie: { fetch: 'req.rdp_cookie', match: 'str' },
  req_rdp_cookie_cnt: { fetch: 'req.rdp_cookie_cnt', match: 'int' },
  req_ssl_sni: { fetch: 'req.ssl_sni', match: 'str' },
  req_ssl_ver: { fetch: 'req.ssl_ver', match: 'int' },
  req_ver: { fetch: 'req.ver', match: 'str' },
  resp_ver: { fetch: 'res.ver', match: 'str' },
  ssl_fc_sni_end: { fetch: 'ssl_fc_sni', match: 'end' },
  ssl_fc_sni_reg: { fetch: 'ssl_fc_sni', match: 'reg' },
};

const criteria: ReadonlyMap<string, AclCriterion> = new Map([
  ...Object.entries(FAMILIES).flatMap(([name, fetch]): [string, AclCriterion][] => [
    [name, { fetch, match: 'str' }],
    ...SUFFIXES.map((suffix): [string, AclCriterion] => [`${name}_${suffix}`, { fetch, match: suffix }]),
  ]),
  ...Object.entries(SINGLES),
]);

/** What an ACL-only name stands for; undefined for every other name. */
export function findAclCriterion(name: string): AclCriterion | undefined {
  return criteria.get(name);
}

export function aclCriterionNames(): Iterable<string> {
  return criteria.keys();
}
