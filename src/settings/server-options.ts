import { arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';

export const serverOptions = [
  defineServerOption({ name: 'maxconn', summary: 'Limits concurrent connections.', args: { number: arg.int({ min: 0 }) }, key: 'maxconn', examples: [{ text: 'maxconn 100', result: 100 }], value: ({ number }) => number }),
] as const;
