import { getPriority, platform, setPriority } from 'node:os';
import { serve } from './serve.ts';

const NICE = 10;

// Where processors are few, an analysis must not keep the event loop from its turn. Linux alone takes this for the thread.
if (platform() === 'linux' && getPriority() < NICE) setPriority(NICE);

/** What a thread of the pool runs; it holds no code of its own, since tests and coverage do not reach into threads. */
export default serve;
