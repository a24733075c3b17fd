/** `fairlead keywords`: the catalogue for people and for tools, on standard output. */
import { type KeywordsRequest, keywordsText } from './keywords.ts';

/** Resolves to the exit status. Throws UsageError for what does not exist. */
export async function listKeywords(request: KeywordsRequest): Promise<number> {
  process.stdout.write(keywordsText(request));
  return 0;
}
