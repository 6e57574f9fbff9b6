// Room: bridge. The two hashes that the exchange binds, of what this document itself uses and shows: not of what the server
// says that it is.

import { utf8 } from '../link/octets.ts';
import { toHex } from '../wire/hex.ts';
import type { StatementText } from './form.ts';

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));
}

/** Of the policy's file, byte for byte. */
export function hashOfPolicy(file: string): Promise<string> {
  return sha256(file);
}

/** Of version, language, title and points, each on a line that ends with a line feed (consent/statement.go). */
export function hashOfStatement({ version, language, title, points }: StatementText): Promise<string> {
  return sha256(`${[version, language, title, ...points].join('\n')}\n`);
}
