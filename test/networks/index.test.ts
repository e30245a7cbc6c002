import t from 'tap';
import { builtIns, describeRef, networkNames } from '../../src/networks/index.ts';

t.test('every family says what it is', async (t) => {
  for (const { id, title, summary, paper, year, parameters } of builtIns()) {
    t.match(id, /^[a-z0-9_]+$/);
    t.match(paper, { title: /\S/, authors: /\S/ }, `${id} has a paper`);
    t.match(paper.arxiv, /^\d{4}\.\d{4,5}$/);
    t.equal(2000 + Number(paper.arxiv.slice(0, 2)), year, `${id}: the year is that of the paper`);
    t.match(summary, /^[^\n]{20,}[.]$/, `${id} has a one-line summary`);
    t.match(title, /\S/);
    for (const [name, { doc }] of Object.entries(parameters)) t.match(doc, /[.]$/, `${id} says what ${name} is`);
  }
});

t.test('no name stands for two networks', async (t) => {
  const names = builtIns().flatMap(({ id, names }) => [...new Set([id, ...Object.keys(names)])]);
  t.equal(new Set(names).size, names.length);
  t.same(networkNames(), names);
});

t.test('refs', async (t) => {
  const name = (ref: string) => describeRef(ref)?.name;
  t.equal(name('zoo:resnet'), 'resnet50');
  t.equal(name('zoo:resnet,depth=101'), 'resnet101');
  t.equal(name('zoo:resnet,variant=v1.5,depth=18'), 'resnet18');
  t.equal(name('zoo:resnet50,variant=v1'), 'resnet,variant=v1', 'a plain name takes parameters too');
  t.equal(name('zoo:resnet,groups=32,width=4'), 'resnext50_32x4d');
  t.equal(name('zoo:resnet50,depth=34'), 'resnet34', 'what is said wins over the name');
  for (const ref of ['zoo:resnet52', 'resnet50', 'pattern:vgg16', 'zoo:', 'zoo:constructor', 'zoo:__proto__', ''])
    t.equal(describeRef(ref), null, ref);
});

t.test('parameters that do not exist', async (t) => {
  const refused = (ref: string, message: RegExp) =>
    t.throws(() => describeRef(ref), { code: 'invalid-ref', message, spot: { pointer: '' } }, ref);
  refused('zoo:resnet,deph=50', /resnet has no parameter 'deph'; it has depth, variant/);
  refused('zoo:alexnet,depth=8', /has no parameter 'depth'; it has none/);
  refused('zoo:resnet,toString=8', /has no parameter 'toString'/);
  refused('zoo:resnet,depth=49', /depth is one of 18, 34, 50, 101, 152, not '49'/);
  refused('zoo:resnet,depth=0x32', /depth is one of/);
  refused('zoo:resnet,depth=50,depth=50', /depth is given twice/);
  refused('zoo:patchgan,n_layers=7', /n_layers is an integer from 1 to 6, not '7'/);
  refused('zoo:patchgan,n_layers=1e0', /n_layers is an integer/);
  refused('zoo:patchgan,n_layers=', /n_layers is an integer/);
  refused('zoo:resnet18,groups=32', /a basic block has no groups/);
});
