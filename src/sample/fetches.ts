/** Every sample fetch, listed explicitly by family. */
import { captureFetches } from './fetches/captures.ts';
import { connectionFetches } from './fetches/connection.ts';
import { constantFetches } from './fetches/constants.ts';
import { cookieFetches } from './fetches/cookies.ts';
import { headerFetches } from './fetches/headers.ts';
import { requestLineFetches } from './fetches/request-line.ts';
import { responseFetches } from './fetches/response.ts';
import { urlParamFetches } from './fetches/url-params.ts';

export const fetches = [
  ...constantFetches,
  ...connectionFetches,
  ...requestLineFetches,
  ...headerFetches,
  ...cookieFetches,
  ...urlParamFetches,
  ...responseFetches,
  ...captureFetches,
];
