import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether this request may keep and forget networks: always where the service has no tokens. */
    readonly mayWrite: boolean;
    /** Throws where it may not. Faults: `unauthorized`, `forbidden`. */
    requireWrite(): void;
  }
  interface FastifyContextConfig {
    /** What a route wants of its callers: nothing, to read (where nothing is said), or to write. */
    readonly access?: 'open' | 'read' | 'write';
  }
}

type Scope = 'read' | 'write';

/**
 * Bearer tokens (RFC 6750). With tokens for reading every route wants one, but those that are open; with tokens for
 * writing alone, anyone may read. A token for writing is one for reading too. Without any token anyone may do anything.
 */
export const access = fp(async (app, { config }: { config: Config }) => {
  const { readTokens, writeTokens } = config.access;
  const tokens = [
    ...readTokens.map((token) => ({ digest: digestOf(token), scope: 'read' as const })),
    ...writeTokens.map((token) => ({ digest: digestOf(token), scope: 'write' as const })),
  ];
  const guarded = tokens.length > 0;
  const readable = readTokens.length === 0;
  const scopes = new WeakMap<FastifyRequest, Scope>();
  app.log.info(`access: ${describe(config.access)}`);

  app.decorateRequest('mayWrite', {
    getter() {
      return !guarded || scopes.get(this) === 'write';
    },
  });
  app.decorateRequest('requireWrite', function requireWrite(this: FastifyRequest) {
    if (this.mayWrite) return;
    if (scopes.has(this)) throw new Fault('forbidden', 'this token may read, but neither keep nor forget networks');
    throw new Fault('unauthorized', "this takes a token that may write: send it as 'Authorization: Bearer <token>'");
  });
  if (!guarded) return;

  app.addHook('onRequest', async (request) => {
    const wanted = request.routeOptions.config?.access ?? 'read';
    const { authorization } = request.headers;
    if (wanted === 'open') return;
    if (authorization !== undefined) {
      const scope = scopeOf(authorization);
      if (scope === undefined) throw new Fault('unauthorized', 'the token of the header Authorization is not known here');
      scopes.set(request, scope);
    } else if (!readable) throw new Fault('unauthorized', "this takes a token: send it as 'Authorization: Bearer <token>'");
    if (wanted === 'write') request.requireWrite();
  });

  /** Every token is compared, whole and by its digest, so that time tells nothing of any. */
  function scopeOf(authorization: string): Scope | undefined {
    const [, given = ''] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization) ?? [];
    const digest = digestOf(given);
    let found: Scope | undefined;
    for (const token of tokens) if (timingSafeEqual(token.digest, digest)) found = token.scope;
    return found;
  }
});

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function describe({ readTokens, writeTokens }: Config['access']): string {
  if (readTokens.length + writeTokens.length === 0) return 'no tokens are set, so anyone who reaches this service may use all of it';
  const writers = writeTokens.length > 0 ? 'a token of WRITE_TOKENS may write' : 'nobody may write';
  return readTokens.length > 0 ? `a token is wanted to read; ${writers}` : `anyone may read; ${writers}`;
}
