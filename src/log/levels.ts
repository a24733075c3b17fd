/** Syslog severities by their numbers, the most urgent first (RFC 5424 §6.2.1). */
export const LOG_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

/** In place of a level: no line is written. */
export const LOG_SILENT = -1;
