/** All actions of rules, listed explicitly. */
import type { ActionDeclaration } from './declare.ts';
import { finalActions } from './final-actions.ts';
import { headerActions } from './header-actions.ts';

export const actions: readonly ActionDeclaration[] = [...finalActions, ...headerActions];
