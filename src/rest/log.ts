import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';

/** Where log lines go; stdout where nothing is given. */
export interface LogStream {
  write(line: string): void;
}

/**
 * What the log says of requests: who asked for what, and neither headers nor bodies nor queries, where secrets and other
 * people's networks stand.
 */
export function logger({ logLevel }: Config, stream?: LogStream) {
  return {
    level: logLevel,
    serializers: {
      req: ({ method, url, ip }: FastifyRequest) => ({ method, path: url.split('?', 1)[0], address: ip }),
      // Libraries hang requests, queries and whole documents on their errors.
      err: ({ name, message, stack = '', code }: Error & { readonly code?: unknown }) => ({ type: name, message, stack, code }),
    },
    ...(stream === undefined ? {} : { stream }),
  };
}
