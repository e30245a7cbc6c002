import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { coded } from '../errors.ts';
import { sendProblem } from './problem.ts';

/** Answers what no route matched: 405 with `Allow` where the path has routes of other methods, 404 elsewhere. */
export const notFound = fp(async (app) => {
  const known: { readonly pattern: RegExp; readonly methods: Set<string> }[] = [];
  const byUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    let methods = byUrl.get(url);
    if (methods === undefined) {
      methods = new Set();
      byUrl.set(url, methods);
      known.push({ pattern: patternOf(url), methods });
    }
    for (const one of [method].flat()) methods.add(one);
  });

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set(known.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]));
    // A route that takes the method has looked, and found no such file.
    if (allowed.size === 0 || allowed.has(request.method))
      return sendProblem(request, reply, coded('not-found', `there is nothing at ${path.slice(0, 200)}; / lists what there is`));
    const allow = [...allowed].sort().join(', ');
    reply.header('allow', allow);
    return sendProblem(request, reply, coded('method-not-allowed', `${request.method} is not for this URL; it takes ${allow}`));
  }

  app.setNotFoundHandler(answer);
  // Before the body is looked at: whether there is one, and of which type, is not what is wrong here.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) await answer(request, reply);
  });
});

/** The paths that a route's URL matches: `:name` is one segment, `*` anything. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:[A-Za-z0-9_]+/g, '[^/]+').replaceAll('*', '.*')}$`);
}
