import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { buildApp, type LogStream } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

/** What a test gives to have something undone at its end. */
export interface Test {
  teardown(undo: () => Promise<unknown>): unknown;
}

/** The service, closed when the test ends. */
export async function service(t: Test, env: Record<string, string> = {}, stream?: LogStream): Promise<FastifyInstance> {
  const app = await buildApp(
    readConfig({ LOG_LEVEL: stream === undefined ? 'silent' : 'info', DATABASE_URL: 'sqlite::memory:', ...env }),
    stream,
  );
  t.teardown(() => app.close());
  await app.ready();
  return app;
}

/** The service on a port of its own; `received` is how many bytes have come in on all its connections. */
export async function listening(
  t: Test,
  env: Record<string, string> = {},
): Promise<{ app: FastifyInstance; port: number; url: string; received: () => number }> {
  const app = await service(t, env);
  const sockets: Socket[] = [];
  app.server.on('connection', (socket) => sockets.push(socket));
  const received = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, url, port: Number(new URL(url).port), received };
}

/** Waits until something is so, for as long as a busy machine may need. */
export async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await so())) {
    if (Date.now() > end) throw new Error(`after a minute it is not so: ${so}`);
    await sleep(5);
  }
}

/** A network of one convolution: 4 x 6 x 6 outputs of 3 x 3 x 3 taps. */
export const CONV = { version: 1, inputs: { x: [1, 3, 8, 8] }, layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }] };
export const CONV_MACS = 4 * 6 * 6 * 3 * 3 * 3;
export const CONV_PARAMS = 4 * 3 * 3 * 3 + 4;
