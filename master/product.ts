/** Name and version of the product, and of the HAProxy whose configuration and behaviour it follows. */

/** The version of the package; a test compares it to package.json. */
export const VERSION = '0.1.0';

/** The version of HAProxy whose manuals describe the behaviour. */
export const COMPATIBLE_VERSION = '3.5-dev5';

/** As `-v` shows it, without blanks: tools take the third word of `HAProxy version …`. */
export const FULL_VERSION = `${COMPATIBLE_VERSION}-fairlead${VERSION}`;

/** The branch, as HAPROXY_BRANCH has it. */
export const BRANCH = COMPATIBLE_VERSION.split('-')[0]!;
