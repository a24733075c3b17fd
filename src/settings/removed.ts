/**
 * Keywords of older HAProxy versions that are gone and cannot be honoured: each with the version that dropped it
 * and what to write instead, for the error message.
 */
export interface RemovedKeyword {
  readonly name: string;
  /** The first version without it, where it is known. */
  readonly since?: string;
  readonly instead: string;
}

const HEADER_RULES: readonly (readonly [names: string, instead: string])[] = [
  ['reqadd', "'http-request add-header <name> <value>'"],
  ['rspadd', "'http-response add-header <name> <value>'"],
  ['reqdel reqidel', "'http-request del-header <name>'"],
  ['rspdel rspidel', "'http-response del-header <name>'"],
  ['reqrep reqirep', "'http-request replace-header', 'replace-path' or 'set-uri'"],
  ['rsprep rspirep', "'http-response replace-header'"],
  ['reqallow reqiallow reqpass reqipass', "'http-request allow if <condition>'"],
  ['reqdeny reqideny', "'http-request deny if <condition>'"],
  ['reqtarpit reqitarpit', "'http-request tarpit if <condition>'"],
  ['reqsetbe reqisetbe', "'use_backend <name> if <condition>'"],
  ['rspdeny rspideny', "'http-response deny if <condition>'"],
];

export const removedProxyKeywords: readonly RemovedKeyword[] = [
  ...HEADER_RULES.flatMap(([names, instead]) =>
    names.split(' ').map((name) => ({ name, since: '2.1', instead })),
  ),
  { name: 'block', since: '2.1', instead: "'http-request deny if <condition>'" },
  { name: 'clitimeout', since: '2.1', instead: "'timeout client <time>'" },
  { name: 'contimeout', since: '2.1', instead: "'timeout connect <time>'" },
  { name: 'srvtimeout', since: '2.1', instead: "'timeout server <time>'" },
  { name: 'redispatch', since: '2.1', instead: "'option redispatch'" },
  { name: 'redisp', since: '2.1', instead: "'option redispatch'" },
  { name: 'appsession', since: '1.6', instead: "'stick-table' with 'stick on' rules, or 'cookie'" },
  { name: 'monitor-net', instead: "'http-request return status 200 if { src <network> }'" },
  { name: 'grace', since: '2.5', instead: "'grace <time>' in the global section" },
  { name: 'option http-tunnel', since: '2.1', instead: 'nothing: remove the line' },
  { name: 'option http_proxy', since: '2.5', instead: "'http-request set-dst' with 'http-request set-uri'" },
];

export const removedGlobalKeywords: readonly RemovedKeyword[] = [
  { name: 'debug', instead: '-d on the command line' },
];
