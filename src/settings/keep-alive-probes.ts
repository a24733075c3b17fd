/** Proxy keywords that time the kernel's probes of idle connections (manual section 4.2, clitcpka-cnt and so on). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, type SectionName } from '../keyword/declaration.ts';
import { BACKENDS, FRONTENDS } from './sections.ts';

/** The largest that TCP_KEEPCNT, TCP_KEEPIDLE and TCP_KEEPINTVL take on Linux. */
const MAX_PROBES = 127;

interface ProbesInput<C extends string, I extends string, V extends string> {
  readonly option: 'clitcpka' | 'srvtcpka';
  readonly side: string;
  readonly sections: readonly SectionName[];
  readonly count: C;
  readonly idle: I;
  readonly interval: V;
}

function defineProbes<const C extends string, const I extends string, const V extends string>(
  input: ProbesInput<C, I, V>,
) {
  const { option, side, sections } = input;
  return [
    defineProxyOption({
      name: `${option}-cnt`,
      key: input.count,
      sections,
      summary: `How many unanswered probes end an idle ${side} connection, with TCP keep-alive on.`,
      args: { count: arg.int({ min: 1, max: MAX_PROBES }) },
      examples: [{ text: `${option}-cnt 3`, result: 3 }],
      value: ({ count }) => count,
    }),
    defineProxyOption({
      name: `${option}-idle`,
      key: input.idle,
      sections,
      summary: `How long a ${side} connection is idle before the kernel probes it, with TCP keep-alive on.`,
      args: { timeout: arg.duration({ unit: 's' }) },
      examples: [
        { text: `${option}-idle 30`, result: 30_000 },
        { text: `${option}-idle 5m`, result: 300_000 },
      ],
      value: ({ timeout }) => timeout,
    }),
    defineProxyOption({
      name: `${option}-intvl`,
      key: input.interval,
      sections,
      summary: `The time between two probes of an idle ${side} connection, with TCP keep-alive on.`,
      args: { timeout: arg.duration({ unit: 's' }) },
      examples: [{ text: `${option}-intvl 5`, result: 5000 }],
      value: ({ timeout }) => timeout,
    }),
  ] as const;
}

export const keepAliveProbeOptions = [
  ...defineProbes({
    option: 'clitcpka',
    side: 'client',
    sections: FRONTENDS,
    count: 'clientKeepAliveCount',
    idle: 'clientKeepAliveIdleMs',
    interval: 'clientKeepAliveIntervalMs',
  }),
  ...defineProbes({
    option: 'srvtcpka',
    side: 'server',
    sections: BACKENDS,
    count: 'serverKeepAliveCount',
    idle: 'serverKeepAliveIdleMs',
    interval: 'serverKeepAliveIntervalMs',
  }),
] as const;
