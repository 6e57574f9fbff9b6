// Room: wire. Which of the languages at hand a document's own language asks for.

/** The entry for a BCP 47 tag such as "sv-SE", by its primary subtag; English where there is none. */
export function inLanguage<Texts>(table: { en: Texts } & Record<string, Texts>, tag: string): Texts {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  return (Object.hasOwn(table, primary) ? table[primary] : undefined) ?? table.en;
}
