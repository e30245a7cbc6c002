import { Fault } from '../../fault.ts';
import { cpu } from './cpu.ts';
import { desktop } from './desktop.ts';
import type { Device } from './device.ts';
import { edge } from './edge.ts';
import { server } from './server.ts';

const DEVICES: readonly Device[] = [...server, ...desktop, ...edge, ...cpu];

/** Every device that Fovea has figures for. */
export function devices(): readonly Device[] {
  return DEVICES;
}

/** The device of an id. Fault: `invalid-device`. */
export function deviceOf(id: string): Device {
  const device = DEVICES.find((one) => one.id === id);
  if (device) return device;
  throw new Fault('invalid-device', `there is no device '${id.slice(0, 40)}'; there are ${DEVICES.map((one) => one.id).join(', ')}`);
}
