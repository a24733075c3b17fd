/** Proxy keywords that make HTTP/1 bend to clients and servers that need it, or stricter than it is (manual section 4.2). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { ANY_PROXY, BACKENDS, FRONTENDS } from './sections.ts';
import { withoutEffect } from './without-effect.ts';

const relaxedRequests = switchOf({
  name: 'option accept-unsafe-violations-in-http-request',
  key: 'relaxesRequests',
  sections: FRONTENDS,
  modes: ['http'],
  summary: 'Takes requests that break some rules of HTTP/1 instead of answering 400.',
  differences: [
    'The protocol and version of a request line are not sent on as they came, but as HTTP/1.0 or HTTP/1.1.',
    'Fields with unusual names are dropped, as the manual says; HAProxy 2.6 sends them on.',
    'Two different Host fields are refused, as in HAProxy 2.6.',
  ],
});

const relaxedResponses = switchOf({
  name: 'option accept-unsafe-violations-in-http-response',
  key: 'relaxesResponses',
  sections: BACKENDS,
  modes: ['http'],
  summary: 'Takes responses that break some rules of HTTP/1 instead of answering 502.',
  differences: [
    'The protocol and version of a status line are not sent on as they came, but as HTTP/1.0 or HTTP/1.1.',
    'Fields with unusual names are dropped, as the manual says; HAProxy 2.6 sends them on.',
    'An empty Transfer-Encoding, and one that repeats chunked, is sent on as one chunked or not at all.',
  ],
});

/** The names of both options before HAProxy 3.1. */
function oldNameOf<const O extends { readonly name: string }>(option: O, name: string) {
  return {
    ...option,
    name,
    summary: `The old name of ${option.name}.`,
    examples: [{ text: name, result: true }],
    obsolete: option.name,
  };
}

/** Fields that frame or route the request: naming a server by one of them would break it (manual section 4.2). */
const NO_SERVER_NAME = ['host', 'content-length', 'transfer-encoding', 'connection'];

const serverNameArg = () =>
  arg.custom({
    what: 'header',
    good: ['X-Server'],
    bad: ['Host', 'content-length', 'a b'],
    read(word, _site, name) {
      const field = word.text.toLowerCase();
      if (NO_SERVER_NAME.includes(field))
        throw new ArgumentError(word.at, `'${word.text}' cannot carry the server's name`, {
          reason: 'it frames or routes the request',
          remedy: 'take a field of your own, such as X-Server',
        });
      if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(field))
        throw new ArgumentError(word.at, `'${word.text}' is not a header name for <${name}>`);
      return field;
    },
  });

export const compatibilityOptions = [
  defineProxyOption(relaxedRequests),
  defineProxyOption(oldNameOf(relaxedRequests, 'option accept-invalid-http-request')),
  defineProxyOption(relaxedResponses),
  defineProxyOption(oldNameOf(relaxedResponses, 'option accept-invalid-http-response')),
  defineProxyOption(
    switchOf({
      name: 'option h1-case-adjust-bogus-client',
      key: 'adjustsCaseForClients',
      sections: FRONTENDS,
      summary: 'Sends header names to clients in the spelling that h1-case-adjust gives them.',
    }),
  ),
  defineProxyOption(
    switchOf({
      name: 'option h1-case-adjust-bogus-server',
      key: 'adjustsCaseForServers',
      sections: BACKENDS,
      summary: 'Sends header names to servers in the spelling that h1-case-adjust gives them.',
    }),
  ),
  defineProxyOption(
    switchOf({
      name: 'option http-pretend-keepalive',
      key: 'pretendsKeepAlive',
      sections: BACKENDS,
      modes: ['http'],
      summary: 'Does not announce to servers that their connection will be closed.',
    }),
  ),
  defineProxyOption({
    name: 'option http-restrict-req-hdr-names',
    key: 'restrictNames',
    sections: ANY_PROXY,
    summary:
      'What becomes of request fields whose names have other characters than letters, digits and hyphens.',
    args: { policy: arg.oneOf('preserve', 'delete', 'reject') },
    examples: [
      { text: 'option http-restrict-req-hdr-names delete', result: 'delete' },
      { text: 'option http-restrict-req-hdr-names reject', result: 'reject' },
    ],
    value: ({ policy }) => policy,
  }),
  defineProxyOption(
    switchOf({
      name: 'option http-drop-request-trailers',
      key: 'dropsRequestTrailers',
      sections: BACKENDS,
      modes: ['http'],
      summary: 'Takes trailers out of requests before they go to a server.',
    }),
  ),
  defineProxyOption(
    switchOf({
      name: 'option http-drop-response-trailers',
      key: 'dropsResponseTrailers',
      sections: FRONTENDS,
      modes: ['http'],
      summary: 'Takes trailers out of responses before they go to a client.',
    }),
  ),
  defineProxyOption({
    name: 'http-send-name-header',
    key: 'serverNameField',
    sections: BACKENDS,
    summary: 'The header field that tells a server the name it has here.',
    args: { header: serverNameArg() },
    examples: [{ text: 'http-send-name-header X-Server', result: 'x-server' }],
    value: ({ header }) => header,
  }),
  defineProxyOption(
    withoutEffect({
      name: 'option http-use-proxy-header',
      summary: 'Made Proxy-Connection count in place of Connection for requests to proxies.',
      why: 'HAProxy has not acted on it since 2.0 either: Proxy-Connection goes through as it is',
      args: {},
      example: 'option http-use-proxy-header',
      sections: FRONTENDS,
      isNegatable: true,
    }),
  ),
  defineProxyOption(
    withoutEffect({
      name: 'option disable-h2-upgrade',
      summary: 'Refuses HTTP/2 on connections that were to carry HTTP/1.',
      why: 'HTTP/2 is not spoken yet, so nothing can be upgraded to it',
      args: {},
      example: 'option disable-h2-upgrade',
      sections: FRONTENDS,
      isNegatable: true,
    }),
  ),
] as const;
