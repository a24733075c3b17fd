/** Every keyword of the global section. */
import { checkTuningOptions } from './check-tuning.ts';
import { globalServiceOptions } from './global-services.ts';
import { globalOptionsWithoutEffect } from './global-without-effect.ts';
import { http1Options } from './http1-global.ts';
import { processOptions } from './process.ts';
import { tlsDefaultOptions } from './tls-defaults.ts';
import { tuningOptions } from './tuning.ts';

export const globalOptions = [
  ...processOptions,
  ...globalServiceOptions,
  ...tuningOptions,
  ...checkTuningOptions,
  ...http1Options,
  ...globalOptionsWithoutEffect,
  ...tlsDefaultOptions,
] as const;
