/** Arithmetic and logic on 64-bit integers (manual section 7.3.1). Results beyond 64 bits saturate. */
import { integer64 } from '../arguments.ts';
import { defineConverter } from '../declare.ts';
import { fitInteger, INT64_MAX } from '../integer.ts';

type Integer = number | bigint;
const operand = { value: integer64 };
const NO_VARIABLES = ['The operand is an integer; names of variables are not supported yet.'];

function add(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return fitInteger(BigInt(a) + BigInt(b));
}

function subtract(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return fitInteger(BigInt(a) - BigInt(b));
}

function multiply(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return fitInteger(BigInt(a) * BigInt(b));
}

/** Rounds towards zero; by zero it is the largest integer. */
function divide(a: Integer, b: Integer): Integer {
  if (b === 0) return INT64_MAX;
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0;
  return fitInteger(BigInt(a) / BigInt(b));
}

/** Has the sign of the dividend; by zero it is zero. */
function remainder(a: Integer, b: Integer): Integer {
  if (b === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0;
  return fitInteger(BigInt(a) % BigInt(b));
}

function isEven(value: Integer): boolean {
  return typeof value === 'number' ? value % 2 === 0 : (value & 1n) === 0n;
}

function isSmall(value: Integer): value is number {
  return typeof value === 'number' && value === (value | 0);
}

/** One name, one operand: `add(5)`. */
function binary(
  name: string,
  summary: string,
  examples: readonly { readonly text: string; readonly result: string }[],
  run: (value: Integer, operand: Integer) => Integer,
) {
  return defineConverter({
    name,
    summary,
    args: operand,
    input: 'sint',
    output: 'sint',
    examples,
    differences: NO_VARIABLES,
    compile:
      ({ value: by }) =>
      (value: Integer) =>
        run(value, by),
  });
}

export const numberConverters = [
  binary(
    'add',
    'Adds an integer.',
    [
      { text: 'int(5),add(3)', result: '8' },
      { text: 'int(9223372036854775807),add(1)', result: '9223372036854775807' },
    ],
    add,
  ),
  binary('sub', 'Subtracts an integer.', [{ text: 'int(5),sub(8)', result: '-3' }], subtract),
  binary('mul', 'Multiplies by an integer.', [{ text: 'int(5),mul(-3)', result: '-15' }], multiply),
  binary(
    'div',
    'Divides by an integer, towards zero.',
    [
      { text: 'int(7),div(-2)', result: '-3' },
      { text: 'int(5),div(0)', result: '9223372036854775807' },
    ],
    divide,
  ),
  binary(
    'mod',
    'The remainder of a division by an integer.',
    [
      { text: 'int(-7),mod(3)', result: '-1' },
      { text: 'int(5),mod(0)', result: '0' },
    ],
    remainder,
  ),
  binary('and', 'Keeps the bits that are set in both.', [{ text: 'int(5),and(4)', result: '4' }], (a, b) =>
    isSmall(a) && isSmall(b) ? a & b : fitInteger(BigInt(a) & BigInt(b)),
  ),
  binary(
    'or',
    'Sets the bits that are set in either.',
    [{ text: 'int(5),or(-16)', result: '-11' }],
    (a, b) => (isSmall(a) && isSmall(b) ? a | b : fitInteger(BigInt(a) | BigInt(b))),
  ),
  binary('xor', 'Sets the bits in which the two differ.', [{ text: 'int(5),xor(1)', result: '4' }], (a, b) =>
    isSmall(a) && isSmall(b) ? a ^ b : fitInteger(BigInt(a) ^ BigInt(b)),
  ),
  defineConverter({
    name: 'neg',
    summary: 'The opposite value.',
    args: {},
    input: 'sint',
    output: 'sint',
    examples: [{ text: 'int(5),neg', result: '-5' }],
    compile: () => (value: Integer) => subtract(0, value),
  }),
  defineConverter({
    name: 'cpl',
    summary: 'The bitwise complement.',
    args: {},
    input: 'sint',
    output: 'sint',
    examples: [{ text: 'int(5),cpl', result: '-6' }],
    compile: () => (value: Integer) => subtract(-1, value),
  }),
  defineConverter({
    name: 'bool',
    summary: 'True when the integer is not zero.',
    args: {},
    input: 'sint',
    output: 'bool',
    examples: [
      { text: 'int(5),bool', result: '1' },
      { text: 'int(0),bool', result: '0' },
    ],
    compile: () => (value: Integer) => value !== 0,
  }),
  defineConverter({
    name: 'not',
    summary: 'True when the integer is zero.',
    args: {},
    input: 'sint',
    output: 'bool',
    examples: [
      { text: 'int(5),not', result: '0' },
      { text: 'always_false,not', result: '1' },
    ],
    compile: () => (value: Integer) => value === 0,
  }),
  defineConverter({
    name: 'odd',
    summary: 'True when the integer is odd.',
    args: {},
    input: 'sint',
    output: 'bool',
    examples: [{ text: 'int(-3),odd', result: '1' }],
    compile: () => (value: Integer) => !isEven(value),
  }),
  defineConverter({
    name: 'even',
    summary: 'True when the integer is even.',
    args: {},
    input: 'sint',
    output: 'bool',
    examples: [{ text: 'int(4),even', result: '1' }],
    compile: () => isEven,
  }),
];
