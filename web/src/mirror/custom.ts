// Room: mirror. Custom properties hold whatever somebody writes: what of them is style, and not somebody's words.

/** Words in values that no property has alone. */
const WORDS = /^(..?|--.*|from|circle|ellipse|(closest|farthest)-(side|corner)|srgb(-linear)?|ok(lch|lab)|important)$/i;

/** Whether a custom property may leave with this value and the identifiers in it; `shown` where the page's text does. */
export type CustomFilter = (property: string, value: string, names: readonly string[], shown: boolean) => boolean;

/** Lets pass what the browser knows as a value, and nothing that `clean` would change. */
export function customFilter(clean: (text: string) => string): CustomFilter {
  const told = new Map<string, boolean>();
  let properties: string[] | undefined;
  const known = (name: string): boolean => {
    let is = told.get(name);
    if (is === undefined) {
      // Properties that take any name at all say nothing.
      properties ??= Array.from(getComputedStyle(document.documentElement)).filter((p) => !CSS.supports(p, 'insyn-x'));
      is = WORDS.test(name) || CSS.supports(name, 'inherit') || properties.some((p) => CSS.supports(p, name));
      told.set(name, is);
    }
    return is;
  };
  return (property, value, names, shown) =>
    clean(value) === value && (shown || property.includes('font') || names.every(known));
}
