/** Actions on whether a request is sent again (manual section 4.4, disable-l7-retry). */
import { type ActionRun, defineAction, Verdict } from './declare.ts';

export const retryActions = [
  defineAction({
    name: 'disable-l7-retry',
    summary: 'Sends the request once: after other failures than those to connect it is not repeated.',
    ruleSets: ['http-request'],
    args: {},
    examples: [
      {
        given: 'POST / HTTP/1.1\r\nHost: a\r\n\r\n',
        text: 'disable-l7-retry',
        result: 'POST / HTTP/1.1\r\nhost: a',
      },
    ],
    compile(): ActionRun {
      return (stream) => {
        stream.disableRetries();
        return Verdict.CONTINUE;
      };
    },
  }),
];
