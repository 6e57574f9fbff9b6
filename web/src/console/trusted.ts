// Room: console. The console's one Trusted Types policy: it vouches for the Worker's own address and nothing else.

/** The part of Trusted Types that is used (W3C Trusted Types, section 2); browsers without it take the plain string. */
interface Factory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string & { readonly trusted: unique symbol } };
}

/** Makes the console's Worker; `path` is fixed by the build. */
export function consoleWorker(path: string): () => Worker {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  const only = (url: string) => {
    if (url !== path) throw new TypeError('not the console Worker');
    return url;
  };
  const policy = factory?.createPolicy('insyn', { createScriptURL: only });
  return () => new Worker(policy ? policy.createScriptURL(path) : path);
}
