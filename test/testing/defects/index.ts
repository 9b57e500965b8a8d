import { lifeDefects } from './lives.ts';
import { outcomeDefects } from './outcomes.ts';
import { pushDefects } from './pushes.ts';
import { secretDefects } from './secrets.ts';
import { tokenCheckDefects } from './token-checks.ts';

export const defects = { ...outcomeDefects, ...pushDefects, ...secretDefects, ...lifeDefects, ...tokenCheckDefects };
