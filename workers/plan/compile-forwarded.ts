/**
 * Compiles `option forwarded` to a function that makes the value of the Forwarded field (RFC 7239 §4): the parts
 * `proto`, `host`, `by` and `for` in this order, quoted where their characters ask for it.
 */

import { samples } from '../../src/catalog.ts';
import { HeaderId } from '../../src/http/header-id.ts';
import type { ExpressionModel } from '../../src/keyword/language-model.ts';
import { parseIp } from '../../src/net/ip.ts';
import { compileText } from '../../src/sample/compile-expression.ts';
import type { Endpoint, StreamView } from '../../src/sample/stream-view.ts';
import type { ForwardedModel, ForwardedPart } from '../../src/settings/http-forwarding.ts';

type TextOf = (stream: StreamView) => string;
type EndOf = (stream: StreamView) => Endpoint;

/** Obfuscated identifiers begin with `_` (RFC 7239 §6.3). */
const OBFUSCATED = /^_[A-Za-z0-9._-]+$/;
const OBFUSCATED_TAIL = /^[A-Za-z0-9._-]+$/;
/** What a host may be made of: names, addresses, a port (RFC 3986 §3.2.2). */
const HOST = /^[A-Za-z0-9!$&'()*+,;=._~%:[\]-]+$/;
const UNKNOWN = 'unknown';

export function compileForwarded(model: ForwardedModel): TextOf {
  const host = compileHost(model.host);
  const by = compileNode('by', model.by, model.byPort, (stream) => stream.session.destination);
  const source = compileNode('for', model.for, model.forPort, (stream) => stream.session.source);
  return (stream) => {
    let value = model.proto ? 'proto=http' : '';
    value = joined(value, host(stream));
    value = joined(value, by(stream));
    return joined(value, source(stream));
  };
}

function joined(value: string, part: string): string {
  if (part === '') return value;
  return value === '' ? part : `${value};${part}`;
}

function expressionText(model: ExpressionModel): TextOf {
  const text = compileText(model, samples);
  return (stream) => text(stream) ?? '';
}

const NOTHING: TextOf = () => '';

function compileHost(part: ForwardedPart): TextOf {
  if (part === 'off') return NOTHING;
  const text = part === 'default' ? hostOf : expressionText(part.expression);
  return (stream) => {
    const host = text(stream);
    return HOST.test(host) ? `host="${host}"` : '';
  };
}

function hostOf({ request }: StreamView): string {
  const row = request?.findRow(HeaderId.HOST, 'host') ?? -1;
  return row < 0 ? '' : request!.valueAt(row);
}

function compileNode(name: 'by' | 'for', address: ForwardedPart, port: ForwardedPart, endOf: EndOf): TextOf {
  if (address === 'off') return NOTHING;
  const nodeName = compileNodeName(address, endOf);
  const nodePort = compileNodePort(port, endOf);
  return (stream) => {
    const portText = nodePort(stream);
    const node = portText === '' ? nodeName(stream) : `${nodeName(stream)}:${portText}`;
    // A colon and brackets are no token characters: quoted (RFC 7239 §4).
    return /[:[\]]/.test(node) ? `${name}="${node}"` : `${name}=${node}`;
  };
}

function compileNodeName(part: ForwardedPart, endOf: EndOf): TextOf {
  if (part === 'off' || part === 'default') return (stream) => addressText(endOf(stream).text) || UNKNOWN;
  const text = expressionText(part.expression);
  return (stream) => {
    const node = text(stream);
    return addressText(node) || (node === UNKNOWN ? UNKNOWN : obfuscated(node)) || UNKNOWN;
  };
}

function compileNodePort(part: ForwardedPart, endOf: EndOf): TextOf {
  if (part === 'off') return NOTHING;
  if (part === 'default')
    return (stream) => {
      const { port } = endOf(stream);
      return port > 0 ? String(port) : '';
    };
  const text = expressionText(part.expression);
  return (stream) => {
    const port = text(stream);
    return /^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? port : obfuscated(port);
  };
}

/** An address as a node name is written, IPv6 in brackets; '' for what is none. */
function addressText(text: string): string {
  const ip = parseIp(text);
  if (ip === null) return '';
  return ip.v6 === '' ? text : `[${text}]`;
}

function obfuscated(text: string): string {
  if (OBFUSCATED.test(text)) return text;
  return OBFUSCATED_TAIL.test(text) ? `_${text}` : '';
}
