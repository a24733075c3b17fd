/** The steps of a check: what `option httpchk`, `option tcp-check` and their lines amount to (manual section 4.2). */
import type { HttpResponse } from './http-response.ts';
import type { CheckStatus } from './status.ts';

export interface CheckScript {
  /** `none`: only a connection is opened, and nothing is said about steps. */
  readonly kind: 'none' | 'tcp' | 'http';
  /** Begins with a connect step. */
  readonly steps: readonly CheckStep[];
  /** `http-check disable-on-404`: 404 takes a running server out of rotation instead of failing. */
  readonly isConditionalOn404: boolean;
}

export type CheckStep = ConnectStep | SendStep | ExpectStep;

interface StepPlace {
  /** The place of its line among the lines of the check, from 1; 0 for steps that nobody wrote. */
  readonly place: number;
  readonly comment: string;
}

export interface ConnectStep extends StepPlace {
  readonly kind: 'connect';
  /** '' and 0 take those of the server. */
  readonly host: string;
  readonly port: number;
  readonly lingers: boolean;
}

export interface SendStep extends StepPlace {
  readonly kind: 'send';
  /** A byte string, made anew for each check. Of HTTP a whole request. */
  text(): string;
}

export interface ExpectStep extends StepPlace {
  readonly kind: 'expect';
  readonly isNegated: boolean;
  readonly test: ExpectTest;
  /** Content that is shorter is not looked at before the end; -1 for no such bound. */
  readonly minimumBytes: number;
  readonly okStatus: CheckStatus | null;
  readonly errorStatus: CheckStatus | null;
  readonly timeoutStatus: CheckStatus | null;
  readonly onSuccess: (() => string) | null;
  readonly onError: (() => string) | null;
  readonly statusCode: (() => number) | null;
}

export type ExpectTest =
  /** Of an HTTP response's status or head. */
  | { readonly on: 'head'; accepts(response: HttpResponse): boolean }
  /** Of an HTTP response's body or of all that came since the last send. */
  | {
      readonly on: 'content';
      /** Shorter content cannot match. */
      readonly leastBytes: number;
      /** As messages name it: `string 'PONG'`, `regex`; and as a mismatch names it: `'PONG'`, `(regex)`. */
      readonly name: string;
      readonly mismatch: string;
      accepts(content: string): boolean;
    };
