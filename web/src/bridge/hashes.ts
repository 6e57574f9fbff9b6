// Room: bridge. The two hashes that the exchange binds, of what this document itself uses and shows: not of what the server
// says that it is.

import { utf8 } from '../link/octets.ts';
import { sha256 } from '../wire/hex.ts';
import type { StatementText } from './form.ts';

/** Of the policy's file, byte for byte. */
export function hashOfPolicy(file: string): Promise<string> {
  return sha256(utf8(file));
}

/** Of version, language, title and points, each on a line that ends with a line feed (consent/statement.go). */
export function hashOfStatement({ version, language, title, points }: StatementText): Promise<string> {
  return sha256(utf8(`${[version, language, title, ...points].join('\n')}\n`));
}
