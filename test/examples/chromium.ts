import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function found(): string | undefined {
  const given = process.env.FOVEA_CHROMIUM;
  return [...(given ? [given] : []), ...PLACES].find((place) => existsSync(place));
}

/** A headless Chromium, installed first where we are root and there is none; null where there is none to be had. */
export async function browser(): Promise<Browser | null> {
  if (found() === undefined && process.getuid?.() === 0) {
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    spawnSync('apt-get', ['update'], options);
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], options);
  }
  const executablePath = found();
  // Its sandbox does not start as root.
  return executablePath === undefined ? null : chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
