/** Every keyword of the product, by family, listed explicitly. */
import { bindOptions } from './settings/bind-options.ts';
import { globalOptions } from './settings/global-options.ts';
import { proxyOptions } from './settings/proxy-options.ts';
import { serverOptions } from './settings/server-options.ts';

export { bindOptions, globalOptions, proxyOptions, serverOptions };
