// Room: test. Looks for words in another process's memory, from outside (Linux): plain, as UTF-16, in base64, and under any
// WebSocket mask, which is four bytes that repeat.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const CHUNK = 8 << 20;
const OVERLAP = 4096;

/** Every byte against the one four later: the same for a word and for the word under a mask of four bytes. */
function unmasked(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.max(0, bytes.length - 4));
  for (let i = 0; i < out.length; i++) out[i] = (bytes[i] ?? 0) ^ (bytes[i + 4] ?? 0);
  return out;
}

/** The forms of a word; in base64 without the ends, which depend on what stands beside it. */
function forms(word: string): { raw: Buffer[]; masked: Buffer[] } {
  const utf8 = Buffer.from(word, 'utf8');
  const utf16 = Buffer.from(word, 'utf16le');
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), utf8]).toString('base64');
    return Buffer.from(text.slice(4, -4), 'latin1');
  });
  return { raw: base64, masked: [utf8, utf16].map(unmasked) };
}

/** How many times each word is found in the readable memory of a process. Words must be random, of 12 characters at least. */
export function findInMemory(pid: number, words: readonly string[]): Map<string, number> {
  const found = new Map(words.map((word) => [word, 0]));
  const wanted = words.map((word) => ({ word, ...forms(word) }));
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const buffer = Buffer.allocUnsafe(CHUNK + OVERLAP);
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to, readable] = /^([0-9a-f]+)-([0-9a-f]+) (r)/.exec(line) ?? [];
      if (!from || !to || !readable || /\[v(var|syscall)/.test(line)) continue;
      const end = BigInt(`0x${to}`);
      for (let at = BigInt(`0x${from}`); at < end; at += BigInt(CHUNK)) {
        const size = Number(end - at < BigInt(buffer.length) ? end - at : BigInt(buffer.length));
        let got = 0;
        try {
          got = readSync(memory, buffer, 0, size, at);
        } catch {
          continue; // gone meanwhile, or the kernel's own
        }
        const raw = buffer.subarray(0, got);
        const diff = unmasked(raw);
        for (const { word, raw: plain, masked } of wanted) {
          const hits =
            plain.filter((form) => raw.includes(form)).length + masked.filter((form) => diff.includes(form)).length;
          found.set(word, (found.get(word) ?? 0) + hits);
        }
      }
    }
  } finally {
    closeSync(memory);
  }
  return found;
}
