/**
 * Feedback of a command, as opposed to what was asked for: an error or a remark, with a severity that `severity-output`
 * shows in front of it (manual section 5.1, severity-output; management manual 9.3, `set severity-output`).
 */

/** Severities that commands use, as numbered by RFC 5424 §6.2.1. */
export const Severity = { ERROR: 3, NOTICE: 5, INFO: 6 } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

export interface Message {
  readonly severity: Severity;
  readonly text: string;
}

/** What a command answers: data as it is, or a message. */
export type Answer = string | Message;

export const SEVERITY_FORMS = ['none', 'number', 'string'] as const;
export type SeverityForm = (typeof SEVERITY_FORMS)[number];

const WORDS: { readonly [S in Severity]: string } = { 3: 'err', 5: 'notice', 6: 'info' };

export function failure(text: string): Message {
  return { severity: Severity.ERROR, text };
}

export function notice(text: string): Message {
  return { severity: Severity.NOTICE, text };
}

export function information(text: string): Message {
  return { severity: Severity.INFO, text };
}

/** The answer's text, behind `[3]: ` or `[err]: ` where the session asks for it. */
export function answerText(answer: Answer, form: SeverityForm): string {
  if (typeof answer === 'string') return answer;
  const { severity, text } = answer;
  if (form === 'none') return text;
  return `[${form === 'number' ? severity : WORDS[severity]}]: ${text}`;
}
