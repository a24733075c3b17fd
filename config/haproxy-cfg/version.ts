/** Versions in conditions (manual section 2.4): HAProxy's own as `haproxy -v` shows them, and OpenSSL's. */

/**
 * Numbers that order versions, most significant first. HAProxy: major, minor, patch, fourth part, stage
 * (development 0, candidate 1, release 2), number of the stage, commits since.
 */
export type VersionKey = readonly number[];

const STAGES: { readonly [stage: string]: number } = { dev: 0, pre: 1, rc: 1 };

/** Missing parts count as zero and what does not belong to a version is ignored, as HAProxy does: '' is 0.0.0. */
export function versionKey(text: string): VersionKey {
  const match =
    /^(\d{0,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-(dev|pre|rc)(\d{1,9}))?(?:-[0-9a-f]{6,40}(?![\w.]))?(?:-(\d{1,9})(?![\w.+]))?/.exec(
      text,
    )!;
  const [, major, minor, patch, fourth, stage, stageNumber, commits] = match;
  return [
    count(major),
    count(minor),
    count(patch),
    count(fourth),
    stage === undefined ? 2 : STAGES[stage]!,
    count(stageNumber),
    count(commits),
  ];
}

/** `1.1.1a`, `3.0.0-beta1`, `3.5.4+quic`. Null for what is no version of OpenSSL. */
export function opensslVersionKey(text: string): VersionKey | null {
  const match =
    /^(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?([a-z]{0,2})(?:-(dev|alpha|beta|pre)(\d{0,9}))?(?:[-+].*)?$/.exec(
      text,
    );
  if (match === null) return null;
  const [, major, minor, patch, letters, stage, stageNumber] = match;
  return [
    count(major),
    count(minor),
    count(patch),
    letterCount(letters!),
    stage === undefined ? 1 : 0,
    stageOrder(stage),
    count(stageNumber),
  ];
}

/** Negative when `a` is older than `b`, 0 when they are the same. */
export function compareVersions(a: VersionKey, b: VersionKey): number {
  const differing = a.findIndex((part, i) => part !== b[i]);
  return differing < 0 ? 0 : a[differing]! - b[differing]!;
}

function count(digits: string | undefined): number {
  return Number(digits || 0);
}

/** `` 0, `a` 1, `z` 26, `za` 27, `zh` 34: the order in which OpenSSL names its fixes. */
function letterCount(letters: string): number {
  let total = 0;
  for (const letter of letters) total += letter.charCodeAt(0) - 96;
  return total;
}

function stageOrder(stage: string | undefined): number {
  return stage === undefined ? 0 : ['dev', 'alpha', 'beta', 'pre'].indexOf(stage);
}
