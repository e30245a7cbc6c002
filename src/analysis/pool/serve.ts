import { on } from 'node:events';
import { Fault } from '../../core/fault.ts';
import type { Chunks } from '../chunks.ts';
import type { Document } from '../document.ts';
import { faultData } from '../fault-data.ts';
import { answer } from '../question.ts';
import { readSource } from '../source.ts';
import type { FromThread, Job, ToThread } from './messages.ts';

/** The other side lost interest, or went away. */
class Dropped extends Error {}

type Inbox = () => Promise<ToThread>;

/** Does one job: reads what comes through the port, and answers one question. Runs in a thread of the pool. */
export async function serve({ order, limits, port }: Job): Promise<void> {
  const messages = on(port, 'message', { close: ['close'] });
  const inbox: Inbox = async () => {
    const { done, value } = await messages.next();
    if (done) throw new Dropped();
    const [message] = value as [ToThread];
    if (message.kind === 'drop') throw new Dropped();
    return message;
  };
  const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer);
  try {
    const source = order.kind !== 'file' ? order : { ...order, chunks: chunksFrom(inbox, () => send({ kind: 'taken' })) };
    const network = await readSource(source, limits);
    send({ kind: 'read', format: network.format });
    const message = await inbox();
    if (message.kind !== 'ask') throw new Error(`a question was due, not '${message.kind}'`);
    const answered = answer(network, message.question);
    const body = message.question.kind === 'document' ? (answered as Document).body : [];
    send(
      { kind: 'answer', answer: answered },
      body.map(({ buffer }) => buffer),
    );
  } catch (error) {
    if (error instanceof Fault) send({ kind: 'fault', fault: faultData(error) });
    else if (!(error instanceof Dropped)) throw error;
  } finally {
    await messages.return?.();
    port.close();
  }
}

async function* chunksFrom(inbox: Inbox, taken: () => void): Chunks {
  for (let message = await inbox(); message.kind === 'chunk'; message = await inbox()) {
    yield message.chunk;
    taken();
  }
}
