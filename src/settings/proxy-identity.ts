/** Proxy keywords that say what the section is (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import { nearest } from '../keyword/nearest.ts';
import { ArgumentError } from '../keyword/words.ts';
import { ANY_PROXY, ANY_PROXY_BUT_DEFAULTS } from './sections.ts';
import { withoutEffect } from './without-effect.ts';

export type ProxyMode = 'tcp' | 'http';

const MODES: readonly ProxyMode[] = ['tcp', 'http'];
const MODES_NOT_SUPPORTED: readonly string[] = ['log', 'spop', 'haterm'];

function modeArg(): Arg<ProxyMode> {
  return arg.custom({
    what: 'tcp|http',
    schema: { enum: MODES },
    good: MODES,
    bad: ['htpt', 'health', 'log'],
    read(word, _site, name) {
      const found = MODES.find((mode) => mode === word.text);
      if (found !== undefined) return found;
      if (MODES_NOT_SUPPORTED.includes(word.text))
        throw new ArgumentError(word.at, `'mode ${word.text}' is something Fairlead does not support yet`);
      if (word.text === 'health')
        throw new ArgumentError(word.at, "'mode health' was removed in HAProxy 2.0, for <mode>", {
          remedy: "write mode http with 'http-request return status 200'",
        });
      const close = nearest(word.text, MODES);
      throw new ArgumentError(word.at, `unknown proxy mode '${word.text}', for <${name}>`, {
        remedy: close === undefined ? 'allowed: tcp, http' : `did you mean '${close}'? Allowed: tcp, http`,
      });
    },
  });
}

export const identityOptions = [
  defineProxyOption({
    name: 'mode',
    key: 'mode',
    sections: ANY_PROXY,
    summary: 'What the proxy understands of its traffic: bytes, or HTTP messages.',
    args: { mode: modeArg() },
    examples: [
      { text: 'mode http', result: 'http' },
      { text: 'mode tcp', result: 'tcp' },
    ],
    value: ({ mode }) => mode,
  }),
  defineProxyOption({
    name: 'disabled',
    key: 'isDisabled',
    sections: ANY_PROXY,
    summary: 'Takes the proxy out of service: its listeners are not opened.',
    args: {},
    examples: [{ text: 'disabled', result: true }],
    value: () => true,
  }),
  defineProxyOption({
    name: 'enabled',
    key: 'isDisabled',
    sections: ANY_PROXY,
    summary: 'Puts the proxy in service again where its defaults disable it.',
    args: {},
    examples: [{ text: 'enabled', result: false }],
    value: () => false,
  }),
  defineProxyOption({
    name: 'id',
    key: 'id',
    sections: ANY_PROXY_BUT_DEFAULTS,
    summary: 'A fixed number for the proxy, as statistics and the runtime API show it.',
    args: { number: arg.int({ min: 1, max: 0x7fffffff }) },
    examples: [{ text: 'id 77', result: 77 }],
    value: ({ number }) => number,
  }),
  defineProxyOption({
    name: 'description',
    key: 'description',
    sections: ANY_PROXY_BUT_DEFAULTS,
    summary: 'A text about the proxy for the people who read statistics.',
    noEffect: 'it is for the statistics page, which is not supported yet',
    args: { text: arg.rest('string') },
    examples: [{ text: 'description main web site', result: 'main web site' }],
    value: ({ text }) => text.join(' '),
  }),
  defineProxyOption(
    withoutEffect({
      name: 'guid',
      summary: 'A name for the proxy that stays the same over reloads, for statistics files.',
      why: 'counters are kept by name, and statistics files are not read',
      args: { string: arg.word() },
      example: 'guid web-7',
      sections: ANY_PROXY_BUT_DEFAULTS,
    }),
  ),
  defineProxyOption(
    withoutEffect({
      name: 'bind-process',
      summary: 'Chose the processes a proxy ran in, when HAProxy had several.',
      why: 'there is one worker process, and all its threads serve every proxy',
      args: { processes: arg.rest('set') },
      example: 'bind-process 1',
      sections: ANY_PROXY,
      obsolete: 'nothing: remove the line',
    }),
  ),
] as const;
