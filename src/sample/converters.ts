/** Every converter, listed explicitly by family. */
import { addressConverters } from './converters/addresses.ts';
import { encodingConverters } from './converters/encodings.ts';
import { numberConverters } from './converters/numbers.ts';
import { textConverters } from './converters/text.ts';

export const converters = [
  ...numberConverters,
  ...textConverters,
  ...encodingConverters,
  ...addressConverters,
];
