/** All actions of rules, listed explicitly. */
import type { ActionDeclaration } from './declare.ts';
import { finalActions } from './final-actions.ts';
import { headerActions } from './header-actions.ts';
import { messageActions } from './message-actions.ts';
import { replaceActions } from './replace-actions.ts';
import { retryActions } from './retry-actions.ts';
import { targetActions } from './target-actions.ts';

export const actions: readonly ActionDeclaration[] = [
  ...finalActions,
  ...headerActions,
  ...replaceActions,
  ...targetActions,
  ...messageActions,
  ...retryActions,
];
