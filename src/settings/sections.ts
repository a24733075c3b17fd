/** The groups of sections that proxy keywords name in their declarations. */
import type { SectionName } from '../keyword/declaration.ts';

type Sections = readonly SectionName[];

export const ANY_PROXY: Sections = ['defaults', 'frontend', 'listen', 'backend'];
/** What concerns clients: HAProxy's "frontend capability". */
export const FRONTENDS: Sections = ['defaults', 'frontend', 'listen'];
/** What concerns servers: HAProxy's "backend capability". */
export const BACKENDS: Sections = ['defaults', 'listen', 'backend'];
export const ANY_PROXY_BUT_DEFAULTS: Sections = ['frontend', 'listen', 'backend'];
export const FRONTENDS_BUT_DEFAULTS: Sections = ['frontend', 'listen'];
export const BACKENDS_BUT_DEFAULTS: Sections = ['listen', 'backend'];
