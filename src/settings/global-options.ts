/** Every keyword of the global section. */
import { globalServiceOptions } from './global-services.ts';
import { globalOptionsWithoutEffect } from './global-without-effect.ts';
import { processOptions } from './process.ts';
import { tlsDefaultOptions } from './tls-defaults.ts';
import { tuningOptions } from './tuning.ts';

export const globalOptions = [
  ...processOptions,
  ...globalServiceOptions,
  ...tuningOptions,
  ...globalOptionsWithoutEffect,
  ...tlsDefaultOptions,
] as const;
