/** Buffer methods of Node that its types leave out: string conversions without the encoding dispatch. */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
  utf8Slice(start?: number, end?: number): string;
}
