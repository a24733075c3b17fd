import { arg } from '../keyword/arg.ts';
import { defineBindOption } from '../keyword/declaration.ts';

export const bindOptions = [
  defineBindOption({ name: 'maxconn', summary: 'Limits concurrent connections.', args: { number: arg.int({ min: 0 }) }, key: 'maxconn', examples: [{ text: 'maxconn 100', result: 100 }], value: ({ number }) => number }),
] as const;
